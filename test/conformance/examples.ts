import { examples as printed } from '../../src/protocol/examples/index.ts'
import type { EndpointId } from '../../src/protocol/index.ts'
import { ids } from './request.ts'

export interface Example {
  /** `<endpoint id>[.<variant>]`. */
  readonly name: string
  readonly id: EndpointId
  readonly variant: string
  readonly json: unknown
}

/** The examples of one kind that belong to an endpoint. */
export function examples(kind: 'request' | 'response'): readonly Example[] {
  return Object.entries(printed).flatMap(([key, json]) => {
    const name = key.endsWith(`.${kind}`) ? key.slice(0, -kind.length - 1) : ''
    const id = ids
      .filter(known => name === known || name.startsWith(`${known}.`))
      .sort((a, b) => b.length - a.length)[0]
    return id ? [{ name, id, variant: name.slice(id.length + 1), json }] : []
  })
}
