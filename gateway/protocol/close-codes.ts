/**
 * The close codes, as a contract: after 3000–3499 a client reconnects, with full jitter and its cursors; after 3500–3999 the same
 * client would be refused again. A breach of the WebSocket protocol itself is answered by RFC 6455's own codes, after which a client
 * doesn't reconnect either.
 */
import { FRAME_BYTES_MAX, UNAUTHENTICATED_FRAME_BYTES_MAX } from './frames.ts';

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

/** Of RFC 6455, 7.4.1: given by the WebSocket library. */
export const PROTOCOL_CLOSE_CODES = {
  'protocol-error': { code: 1002, sentence: 'The client sent something that is no WebSocket frame; mend the client.' },
  'invalid-payload': { code: 1007, sentence: 'The client sent a text message that is not UTF-8; mend the client.' },
  'message-too-big': {
    code: 1009,
    sentence: `The client sent a frame of more than ${FRAME_BYTES_MAX} bytes, or of more than ${UNAUTHENTICATED_FRAME_BYTES_MAX} before it was welcomed; send less, for the same frame is refused again.`,
  },
} as const satisfies Record<string, { readonly code: number; readonly sentence: string }>;

const RECONNECT_FROM = 3000;
const TERMINAL_FROM = 3500;

export const shouldReconnect = (code: number): boolean => code >= RECONNECT_FROM && code < TERMINAL_FROM;
