/** Into so many parts all conversations are divided; more nodes than that would have nothing to do. */
export const PARTITIONS = 64

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** The part that a conversation is in: the same at every node, for ever. */
export function partitionOf(conversation: string): number {
  let hash = FNV_OFFSET
  for (let i = 0; i < conversation.length; i++) {
    hash = Math.imul(hash ^ conversation.charCodeAt(i), FNV_PRIME)
  }
  // Of the lowest bits alone, texts that differ in little else would share much.
  return (hash ^ (hash >>> 15)) & (PARTITIONS - 1)
}
