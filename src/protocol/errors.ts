/** What one JMessage error code means on the wire, and what a caller can do about it. */
export interface ErrorCode {
  /** HTTP status the code travels with. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 500 | 503
  /** Text of the original service, misspellings included: clients compare it. */
  readonly message: string
  /** What the caller can do. Shown by our client, never sent. */
  readonly advice: string
}

/**
 * Error codes of the REST API (IM SDK ErrorCode table; statuses: 401 authentication, 400 malformed input,
 * 403 every other refusal of the business logic).
 */
export const errorCodes = {
  404: { status: 404, message: 'not found', advice: 'Check the path against the API reference.' },
  405: { status: 405, message: 'method not allowed', advice: 'Check the method against the API reference.' },
  2002: {
    status: 429,
    message: 'Rate limit exceeded',
    advice: 'Wait for the next one-minute window, or raise the quota of the appKey.',
  },
  899000: { status: 500, message: 'Server internal error', advice: 'Try again; if it stays, report it.' },
  899001: { status: 403, message: 'User exist', advice: 'Choose another username.' },
  899002: { status: 403, message: 'No such user', advice: 'Register the user first, or check the spelling.' },
  899003: { status: 400, message: 'parameter invalid', advice: 'Mend the field that the message names.' },
  899006: { status: 403, message: 'Group id invalid', advice: 'Check the gid: no such group in this app.' },
  899007: {
    status: 401,
    message: 'Missing authen info',
    advice: 'Send Authorization: Basic base64(appKey:masterSecret).',
  },
  899008: { status: 401, message: 'Basic authentication failed', advice: 'Check the masterSecret.' },
  899009: { status: 401, message: 'Appkey not exit', advice: 'Check the appKey.' },
  899011: {
    status: 403,
    message: 'Repeat to add the members',
    advice: 'Add only users who are not members yet.',
  },
  899012: { status: 403, message: 'No enough space for members', advice: 'A group holds 500 members.' },
  899013: {
    status: 400,
    message: 'User list is bigger than 500',
    advice: 'Register at most 500 users a call.',
  },
  899014: {
    status: 403,
    message: 'User is not in the group',
    advice: 'Name only members of the group; additions of the same call have taken effect.',
  },
  899015: {
    status: 403,
    message: "User 's group are full can not continue",
    advice: 'A user can be in 500 groups.',
  },
  899016: {
    status: 403,
    message: 'No authority to send message',
    advice: 'Send as a registered admin that is not disabled (from_type "admin").',
  },
  899017: {
    status: 403,
    message: 'There are usernames exist in blacklist',
    advice: 'The user is on the blacklist already.',
  },
  899018: { status: 403, message: 'Admin can not be added into blacklist', advice: 'Leave admins out.' },
  899019: {
    status: 403,
    message: 'Here are usernames not exist in blacklist',
    advice: 'The user is not on the blacklist.',
  },
  899020: {
    status: 403,
    message: 'no auth to operating other appkey',
    advice: 'target_appkey must name an app of the same account.',
  },
  899021: {
    status: 403,
    message: 'should use cross app api',
    advice: 'Use the /v1/cross variant of the call.',
  },
  899030: {
    status: 503,
    message: 'Server response time out, please try again later',
    advice: 'Try again later.',
  },
  899043: {
    status: 403,
    message: 'duplicate add user',
    advice: 'Do-not-disturb for this user is on already.',
  },
  899044: {
    status: 403,
    message: 'user is not exist in setting',
    advice: 'Do-not-disturb for this user is not on.',
  },
  899045: { status: 403, message: 'group is not exist', advice: 'Check the gid: no such group.' },
  899046: {
    status: 403,
    message: 'user is not in group',
    advice: 'Only groups of the user can be set to do-not-disturb.',
  },
  899047: {
    status: 403,
    message: 'duplicate add group',
    advice: 'Do-not-disturb for this group is on already.',
  },
  899048: { status: 403, message: 'already open global', advice: 'Global do-not-disturb is on already.' },
  899049: {
    status: 403,
    message: 'group is not exist in setting',
    advice: 'Do-not-disturb for this group is not on.',
  },
  899050: { status: 403, message: 'already close global', advice: 'Global do-not-disturb is off already.' },
  899051: { status: 403, message: 'group is not exist', advice: 'Check the gid: no such group.' },
  899052: {
    status: 403,
    message: 'group shield already open',
    advice: 'The user shields the group already.',
  },
  899053: {
    status: 403,
    message: 'group shield already close',
    advice: 'The user does not shield the group.',
  },
  899070: { status: 403, message: 'friend already exist', advice: 'Add only users who are not friends yet.' },
  899071: { status: 403, message: 'friend not exist', advice: 'Add the user as a friend first.' },
  899081: {
    status: 403,
    message: 'room id no exist',
    advice: 'Check the room id: no such chat room in this app.',
  },
  899082: { status: 403, message: 'user not in room', advice: 'The user has to be in the chat room.' },
  801006: { status: 403, message: 'user disabled', advice: 'Enable the user again.' },
  803005: {
    status: 403,
    message: 'user not in group',
    advice: 'The sender has to be a member of the group.',
  },
  803008: { status: 403, message: 'user in blacklist', advice: 'The receiver has blacklisted the sender.' },
  803009: {
    status: 403,
    message: 'the message contains sensitive word',
    advice: 'Leave out the word that the message ends with, or take it off the list.',
  },
  803012: {
    status: 403,
    message: 'can not chat while silent',
    advice: 'The sender is silenced in this group.',
  },
  842002: { status: 403, message: 'user not in group', advice: 'Only groups of the user can be shielded.' },
  847001: { status: 403, message: 'user not in chatroom', advice: 'The sender has to be in the chat room.' },
  847002: {
    status: 403,
    message: 'user baned to post',
    advice: 'The sender is forbidden to post in this room.',
  },
  851006: {
    status: 403,
    message: 'amount of member exceed chatroom limit',
    advice: 'The room has no place for so many members.',
  },
  853002: {
    status: 403,
    message: 'owner not in chatroom',
    advice: 'Add the new owner to the chat room first.',
  },
  852004: {
    status: 403,
    message: 'owner can not leave chatroom',
    advice: 'Hand the room to another owner before removing this one.',
  },
  855001: { status: 403, message: 'out of time', advice: 'Messages can be retracted for three minutes.' },
  855002: {
    status: 403,
    message: 'request user is not message sender',
    advice: 'Name the sender of the message in the path.',
  },
  855003: { status: 403, message: 'request message not exist', advice: 'Check the msgid.' },
  855004: { status: 403, message: 'message already retract', advice: 'Nothing to do: it is retracted.' },
} as const satisfies Record<number, ErrorCode>

/** A code of {@link errorCodes}. */
export type JmCode = keyof typeof errorCodes

/** Errors that any endpoint can answer with. */
export const commonErrors = [
  899000, 899007, 899008, 899009, 899030, 2002,
] as const satisfies readonly JmCode[]

/** The body of every error answer. */
export interface ErrorEnvelope {
  readonly error: { readonly code: number; readonly message: string }
}
