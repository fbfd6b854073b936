/**
 * The catalogue of every code a client can be answered with: each once, with its sentence, and what kind of answer it is.
 * `{name}` in a sentence is a fact that comes with the refusal. Each edge maps a kind to its own protocol (`edge/problem.ts`).
 */
type Kind =
  | 'malformed' // the request can't be understood
  | 'unauthenticated' // nobody we know
  | 'forbidden' // somebody who may not
  | 'unknown' // there is no such thing, or none this caller may know of
  | 'conflict' // the state of things forbids it
  | 'invalid' // understood, and not acceptable
  | 'too-large'
  | 'limited' // later
  | 'unavailable'; // later, and not the caller's doing

export const REFUSALS = {
  // The request itself.
  'bad-json': { kind: 'malformed', sentence: 'The body is not JSON.' },
  'bad-request': { kind: 'malformed', sentence: 'The request does not have the form that this route asks for: {detail}' },
  'unsupported-media-type': { kind: 'malformed', sentence: 'The body must be application/json.' },
  'body-too-large': { kind: 'too-large', sentence: 'The body is larger than {maxBytes} bytes.' },
  'headers-too-large': { kind: 'too-large', sentence: 'The headers are larger than {maxBytes} bytes.' },
  'request-too-slow': { kind: 'malformed', sentence: 'The request did not come whole within the time for it.' },
  'route-unknown': { kind: 'unknown', sentence: 'There is no such route.' },
  'method-not-allowed': { kind: 'malformed', sentence: 'This route does not answer {method}.' },
  'bad-frame': { kind: 'malformed', sentence: 'The frame does not have the form that its type asks for: {detail}' },
  'text-malformed': { kind: 'invalid', sentence: 'The text has half a surrogate pair in it and can’t be written as UTF-8.' },
  // Who is asking.
  'token-missing': { kind: 'unauthenticated', sentence: 'This needs a bearer token; POST /v1/sessions gives one.' },
  'token-invalid': { kind: 'unauthenticated', sentence: 'The token is not one of ours.' },
  'token-expired': { kind: 'unauthenticated', sentence: 'The token has expired; log in again.' },
  'session-ended': { kind: 'unauthenticated', sentence: 'The session was logged out; log in again.' },
  'device-removed': { kind: 'forbidden', sentence: 'The person has removed this device; register it again to connect as it.' },
  'login-failed': { kind: 'unauthenticated', sentence: 'The login name or the password is wrong.' },
  'signature-missing': { kind: 'unauthenticated', sentence: 'This needs the headers Tidings-App, Tidings-Timestamp and Tidings-Signature.' },
  'signature-invalid': { kind: 'unauthenticated', sentence: 'The signature does not match the request.' },
  'signature-expired': { kind: 'unauthenticated', sentence: 'The timestamp is more than {maxSeconds} seconds away from the server’s time {serverTime}.' },
  'signature-replayed': { kind: 'unauthenticated', sentence: 'This signed request was already received.' },
  forbidden: { kind: 'forbidden', sentence: 'This caller may not do that.' },
  // Commands.
  'idempotency-key-reused': { kind: 'conflict', sentence: 'This idempotency key was used for another request.' },
  'command-expired': { kind: 'conflict', sentence: 'The command was made more than {maxDays} days ago.' },
  'clock-skew': { kind: 'conflict', sentence: 'The command comes from the future; the server’s time is {serverTime}.' },
  'write-contention': { kind: 'unavailable', sentence: 'Too many are writing to the same stream; try again.' },
  'rate-limited': { kind: 'limited', sentence: 'Over the limit {limit}; try again in {retryAfterSeconds} seconds.' },
  'gateway-full': { kind: 'unavailable', sentence: 'This gateway takes nobody in at the moment; ask GET /v1/gateway for another one.' },
  'queue-full': { kind: 'limited', sentence: 'The queue is full; try again in {retryAfterSeconds} seconds.' },
  'log-unavailable': { kind: 'unavailable', sentence: 'The log can’t be written at the moment; nothing was stored. Try again.' },
  'position-not-reached': { kind: 'unavailable', sentence: 'What was asked for is not yet there: position {position} was not reached within {waitedMs} ms.' },
  'position-unknown': { kind: 'malformed', sentence: 'The position is not one of ours.' },
  internal: { kind: 'unavailable', sentence: 'Something went wrong on our side; nothing is known to be stored. Try again with the same idempotency key.' },
  // People.
  'login-taken': { kind: 'conflict', sentence: 'The login name is taken.' },
  'person-unknown': { kind: 'unknown', sentence: 'There is no such person.' },
  'person-erased': { kind: 'conflict', sentence: 'This person was erased.' },
  'name-empty': { kind: 'invalid', sentence: 'A name needs at least one character that can be seen.' },
  'name-too-long': { kind: 'too-large', sentence: 'The name has {length} characters; at most {max} are allowed.' },
  'about-too-long': { kind: 'too-large', sentence: 'The text about oneself has {length} characters; at most {max} are allowed.' },
  'endpoint-unknown': { kind: 'unknown', sentence: 'There is no such device or contact.' },
  'devices-full': { kind: 'conflict', sentence: 'A person has at most {max} devices.' },
  'time-zone-unknown': { kind: 'invalid', sentence: '{zone} is not an IANA time zone.' },
  'quiet-hours-invalid': { kind: 'invalid', sentence: 'Quiet hours go from one time of the day, such as 22:00, until another.' },
  'preferences-full': { kind: 'conflict', sentence: 'A person keeps at most {max} preferences.' },
  // Connections.
  'self-not-allowed': { kind: 'invalid', sentence: 'One can’t do that to oneself.' },
  'friends-full': { kind: 'conflict', sentence: 'A person has at most {max} friends, asked ones included.' },
  'follows-full': { kind: 'conflict', sentence: 'A person follows at most {max} people.' },
  'mutes-full': { kind: 'conflict', sentence: 'A person mutes at most {max} people.' },
  'blocks-full': { kind: 'conflict', sentence: 'A person blocks at most {max} people.' },
  'friend-request-unknown': { kind: 'unknown', sentence: 'There is no such friend request.' },
  'friend-request-pending': { kind: 'conflict', sentence: 'The other person has already asked; accept or refuse that request.' },
  'not-the-recipient': { kind: 'forbidden', sentence: 'Only the person who was asked may do that.' },
  'not-the-requester': { kind: 'forbidden', sentence: 'Only the person who asked may do that.' },
  'friend-slot-missing': { kind: 'conflict', sentence: 'No place among the friends is kept for this any more; try again.' },
  'already-friends': { kind: 'conflict', sentence: 'These two are friends already.' },
  'not-a-friend': { kind: 'forbidden', sentence: 'These two are not friends.' },
  blocked: { kind: 'forbidden', sentence: 'One of these two has blocked the other.' },
  // Feed.
  'post-unknown': { kind: 'unknown', sentence: 'There is no such post.' },
  'post-deleted': { kind: 'conflict', sentence: 'The post was deleted.' },
  'post-too-long': { kind: 'too-large', sentence: 'The text has {length} characters; at most {max} are allowed.' },
  'post-empty': { kind: 'invalid', sentence: 'A post needs a text.' },
  'not-the-author': { kind: 'forbidden', sentence: 'Only the author may do that.' },
  // Chat.
  'channel-unknown': { kind: 'unknown', sentence: 'There is no such channel.' },
  'channel-full': { kind: 'conflict', sentence: 'A channel has at most {max} members.' },
  'channel-direct': { kind: 'conflict', sentence: 'A direct channel has exactly its two people.' },
  'title-empty': { kind: 'invalid', sentence: 'A title needs at least one character that can be seen.' },
  'title-too-long': { kind: 'too-large', sentence: 'The title has {length} characters; at most {max} are allowed.' },
  'not-a-member': { kind: 'forbidden', sentence: 'Only members of the channel may do that.' },
  'not-the-owner': { kind: 'forbidden', sentence: 'Only the owner of the channel may do that.' },
  'message-unknown': { kind: 'unknown', sentence: 'There is no such message in the channel.' },
  'message-withdrawn': { kind: 'conflict', sentence: 'The message was withdrawn.' },
  'message-too-long': { kind: 'too-large', sentence: 'The text has {length} characters; at most {max} are allowed.' },
  'message-empty': { kind: 'invalid', sentence: 'A message needs a text.' },
  'not-the-sender': { kind: 'forbidden', sentence: 'Only the sender may do that.' },
  'emoji-invalid': { kind: 'invalid', sentence: 'A reaction is one emoji of at most {max} characters.' },
  'too-many-mentions': { kind: 'invalid', sentence: 'A message mentions at most {max} people.' },
  // Notifications.
  'app-unknown': { kind: 'unknown', sentence: 'There is no such app.' },
  'app-disabled': { kind: 'forbidden', sentence: 'The app is disabled.' },
  'not-enrolled': { kind: 'forbidden', sentence: 'The app may only address people enrolled with it; {person} is not.' },
  'notification-unknown': { kind: 'unknown', sentence: 'There is no such notification.' },
  'notification-cancelled': { kind: 'conflict', sentence: 'The notification was cancelled.' },
  'recipients-missing': { kind: 'invalid', sentence: 'A notification needs at least one recipient and at least one channel.' },
  'content-missing': { kind: 'invalid', sentence: 'A notification needs either content or a template.' },
  'too-many-recipients': { kind: 'too-large', sentence: 'A request names at most {max} recipients.' },
  'content-too-large': { kind: 'too-large', sentence: 'The content has {length} bytes; at most {max} are allowed.' },
  'send-at-too-far': { kind: 'invalid', sentence: 'A notification can be scheduled at most {maxDays} days ahead.' },
  'already-expired': { kind: 'invalid', sentence: 'The notification would expire before it is sent.' },
  'delivery-unknown': { kind: 'unknown', sentence: 'There is no such delivery.' },
  'delivery-state': { kind: 'conflict', sentence: 'A delivery that is {status} can’t do that.' },
  'template-unknown': { kind: 'unknown', sentence: 'There is no such template or version.' },
  'template-invalid': { kind: 'invalid', sentence: 'The template can’t be used: {detail}' },
  'callback-invalid': { kind: 'unauthenticated', sentence: 'The callback is not signed by its vendor.' },
} as const satisfies Record<string, { readonly kind: Kind; readonly sentence: string }>;

export type RefusalCode = keyof typeof REFUSALS;
export type RefusalKind = Kind;

/** The sentence of a code with its facts filled in. */
export function sentenceOf(code: RefusalCode, facts: Readonly<Record<string, string | number>> = {}): string {
  return REFUSALS[code].sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
