/**
 * Why a connection ends, as a contract: after 3000–3499 a client comes back, with full jitter and its cursors; after 3500–3999
 * the same client asking the same again would be turned away again. What breaks the WebSocket protocol itself is answered by
 * RFC 6455's own codes (1002, 1007, 1009), after which a client doesn't come back either.
 */
export const CLOSE_CODES = {
  shutdown: { code: 3000, sentence: 'This gateway is being stopped; ask for another one and resume there.' },
  slow: { code: 3001, sentence: 'The connection reads more slowly than it is written to; resume where it was left.' },
  'no-pong': { code: 3002, sentence: 'No sign of life since the last ping.' },
  stale: { code: 3003, sentence: 'No hello within the time for it.' },
  'too-fast': { code: 3004, sentence: 'More frames than the limit allows, and after being told so; or too many connections in a row.' },
  unavailable: { code: 3005, sentence: 'What the gateway needs can’t be reached; nothing is lost.' },
  'bad-frame': { code: 3500, sentence: 'Frames that are not of this protocol.' },
  unauthorised: { code: 3501, sentence: 'The token is missing, not one of ours, or has expired; log in again.' },
  'session-ended': { code: 3502, sentence: 'The session was logged out, or the person has removed the device; log in again, or register it again.' },
  'too-many-connections': { code: 3503, sentence: 'The person has opened more connections than one may have; this was the oldest.' },
} as const satisfies Record<string, { readonly code: number; readonly sentence: string }>;

export type CloseName = keyof typeof CLOSE_CODES;

const COME_BACK_FROM = 3000;
const TERMINAL_FROM = 3500;

export const shouldReconnect = (code: number): boolean => code >= COME_BACK_FROM && code < TERMINAL_FROM;
