import type { Sample } from '../request.ts'
import { foundTown, type Town } from '../town.ts'
import type { Provoke } from './provoke.ts'

interface Crowd {
  readonly town: Town
  /** Users who are in a full group with `tommy`. */
  readonly names: readonly string[]
  readonly gid: number
  /** A user in as many groups as one can be, and a group without that user. */
  readonly busy: string
  readonly emptyGid: number
}

let made: Promise<Crowd> | undefined

/** One town where 500 users are in one group, and one user is in 500 groups: it takes a second, so it is made once. */
function crowd(): Promise<Crowd> {
  made ??= gather()
  return made
}

async function gather(): Promise<Crowd> {
  const town = await foundTown()
  const names = Array.from({ length: 499 }, (_, index) => `user${index}`)
  await town.must('users.register', { body: names.map(username => ({ username, password: 'secret' })) })
  const gid = await town.group('tommy', ...names)
  const busy = 'yiyun'
  await Promise.all(Array.from({ length: 500 }, () => town.group(busy)))
  return { town, names, gid, busy, emptyGid: await town.group('lucas') }
}

/** A call in a town whose group has no place left. */
export const full =
  (sample: (names: readonly string[], gid: number) => Sample): Provoke =>
  async (_, id) => {
    const { town, names, gid } = await crowd()
    return town.call(id, sample(names, gid))
  }

/** A call for a user who can be in no more groups. */
export const crowded =
  (sample: (name: string, gid: number, town: Town) => Sample): Provoke =>
  async (_, id) => {
    const { town, busy, emptyGid } = await crowd()
    return town.call(id, sample(busy, emptyGid, town))
  }
