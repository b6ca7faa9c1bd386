import { expect } from 'vitest'
import type { ImServer } from '../../../src/server/index.ts'
import { basic } from '../../server/world.ts'
import type { Keys } from './requests.ts'

interface Page {
  readonly total: number
  readonly count: number
}

/** Holds what a server shows against itself: totals are what lists have, and owners are members. */
export async function checkSanity(server: ImServer, apps: readonly Keys[]): Promise<void> {
  for (const app of apps) {
    const get = async <T>(path: string): Promise<T> => {
      const request = new Request(`http://localhost${path}`, { headers: { authorization: basic(app) } })
      const answer = await server.fetch(request)
      expect(answer.status, path).toBe(200)
      return (await answer.json()) as T
    }
    /** All items of a paged list. */
    const all = async <T>(path: string, key: string): Promise<T[]> => {
      const items: T[] = []
      for (;;) {
        const page = await get<Page & Record<string, T[]>>(`${path}?start=${items.length}&count=100`)
        expect(page[key]?.length, path).toBe(page.count)
        items.push(...page[key]!)
        if (page.count === 0 || items.length >= page.total) {
          expect(items.length, path).toBe(page.total)
          return items
        }
      }
    }
    const users = await all<{ username: string }>('/v1/users', 'users')
    expect(new Set(users.map(user => user.username)).size).toBe(users.length)
    await all('/v1/admins', 'users')
    await all('/v1/messages', 'messages')
    await all('/v1/sensitiveword', 'words')
    for (const { gid, owner_username } of await all<{ gid: number; owner_username: string }>(
      '/v1/groups',
      'groups',
    )) {
      const members = await get<{ username: string; flag: number }[]>(`/v1/cross/groups/${gid}/members`)
      const owners = members.filter(member => member.flag === 1).map(member => member.username)
      expect(owners, `owners of group ${gid}`).toEqual([owner_username])
    }
    for (const room of await all<{ id: number; owner_username: string; total_member_count: number }>(
      '/v1/chatroom',
      'rooms',
    )) {
      const inside = await all<{ username: string }>(`/v1/chatroom/${room.id}/members`, 'users')
      expect(inside.length, `members of room ${room.id}`).toBe(room.total_member_count)
      expect(inside.map(member => member.username)).toContain(room.owner_username)
    }
  }
}
