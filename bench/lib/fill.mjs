// Fills the database of an IM server with what years of use would: statements that make the rows where they belong.
import Database from 'libsql'

const USERS = 100_000
const GROUPS = 10_000
const MESSAGES = 2_000_000
const SPREAD_MS = 50 * 86_400_000
const EPOCH = Date.UTC(2020, 0, 1)

/** @param room the chat room that everybody enters */
export function fill(path, room) {
  const db = new Database(path)
  const now = Date.now() - 600_000
  const count = n => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})`
  db.exec('pragma synchronous = OFF; begin')
  const { app, bot } = db.prepare("select app, id as bot from im_user where username = 'bench-bot'").get()
  db.exec(`${count(USERS)} insert into im_user (app, username, admin, disabled, password, nickname, dnd, ctime, mtime)
    select ${app}, 'citizen_' || i, 0, 0, 'x', 'Citizen ' || i, 0, ${now}, ${now} from n`)
  const { base } = db.prepare("select id - 1 as base from im_user where username = 'citizen_1'").get()
  db.exec(`${count(GROUPS)} insert into im_group (gid, app, owner, name, description, flag, ctime, mtime)
    select 11000000 + i, ${app}, ${base} + i, 'group ' || i, '', 1, ${now}, ${now} from n`)
  // Everybody is in five groups, and each group has fifty members.
  db.exec(`${count(USERS * 5)} insert into im_group_member (gid, user, silenced, ctime)
    select distinct 11000000 + 1 + (i * 7919) % ${GROUPS}, ${base} + 1 + i % ${USERS}, 0, ${now} from n`)
  db.exec(
    `${count(USERS)} insert into im_room_member (room, user, forbidden, ctime) select ${room}, ${base} + i, 0, ${now} from n`,
  )
  db.exec(`update im_room set members = members + ${USERS} where id = ${room}`)
  // Rising msgids over fifty days: half the messages to users, half to groups, from a bot and from thousands of users.
  const first = (now - SPREAD_MS - EPOCH) * 4096
  const step = Math.floor((SPREAD_MS / MESSAGES) * 4096)
  for (let done = 0; done < MESSAGES; done += 100_000) {
    db.exec(`${count(100_000)} insert into im_message (msgid, app, sender, target, target_app, target_type, target_id,
        from_type, from_id, from_name, from_platform, msg_type, msg_body)
      select ${first} + (${done} + i) * ${step}, ${app},
        case when i % 2 then ${bot} else ${base} + 1 + i % 50000 end,
        case when i % 4 < 2 then (${base} + 1 + (i * 31) % ${USERS}) * 4 else (11000001 + (i * 17) % ${GROUPS}) * 4 + 1 end, ${app},
        case when i % 4 < 2 then 'single' else 'group' end,
        case when i % 4 < 2 then 'citizen_' || (1 + (i * 31) % ${USERS}) else '' || (11000001 + (i * 17) % ${GROUPS}) end,
        case when i % 2 then 'admin' else 'user' end, case when i % 2 then 'bench-bot' else 'citizen_' || (1 + i % 50000) end,
        'Someone', 'api', 'text', '{"text":"' || substr(hex(randomblob(165)), 1, 330) || '"}' from n`)
    process.stderr.write(`  ${(done + 100_000).toLocaleString('en')} messages\r`)
  }
  db.exec('commit')
  db.close()
  process.stderr.write('\n')
}
