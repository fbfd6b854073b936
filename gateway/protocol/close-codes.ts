/**
 * The close codes, as a contract: after 3000–3499 a client reconnects, with full jitter and its cursors; after 3500–3999 the same
 * client would be refused again. A breach of the WebSocket protocol itself is answered by RFC 6455's own codes (1002, 1007, 1009),
 * after which a client doesn't reconnect either.
 */
export const CLOSE_CODES = {
  shutdown: { code: 3000, sentence: 'This gateway is stopping; ask for another one and resume there.' },
  slow: { code: 3001, sentence: 'The client reads more slowly than it is sent messages; reconnect and resume.' },
  'no-pong': { code: 3002, sentence: 'Nothing came since the last ping; reconnect and resume.' },
  stale: { code: 3003, sentence: 'No hello came in time; reconnect and send one first.' },
  'too-fast': { code: 3004, sentence: 'The client went on after it was told that it sends too many frames, or connects too often; wait, then reconnect.' },
  unavailable: { code: 3005, sentence: 'The gateway can’t reach what it needs; nothing is lost: reconnect and resume.' },
  'bad-frame': { code: 3500, sentence: 'The client sent frames that are not of this protocol; mend the client.' },
  unauthorised: { code: 3501, sentence: 'The token is missing, invalid or expired; log in again.' },
  'session-ended': { code: 3502, sentence: 'The session was logged out, or the person has removed the device; log in again, or register the device again.' },
  'too-many-connections': { code: 3503, sentence: 'The person has opened more connections than are allowed; this was the oldest.' },
} as const satisfies Record<string, { readonly code: number; readonly sentence: string }>;

export type CloseName = keyof typeof CLOSE_CODES;

const RECONNECT_FROM = 3000;
const TERMINAL_FROM = 3500;

export const shouldReconnect = (code: number): boolean => code >= RECONNECT_FROM && code < TERMINAL_FROM;
