/**
 * The catalogue of refusals: every code that a client can get, once, with its kind and its sentence. A sentence says what happened
 * and what to do next, to the caller ('you'); `{name}` in it is a fact that comes with the refusal. Each edge maps kinds to its own
 * protocol (`edge/problem.ts`). `docs/errors.md` lists them all.
 */
type Kind =
  | 'malformed' // the request can't be understood
  | 'unauthenticated' // the caller is not known
  | 'forbidden' // the caller is known, and not allowed to
  | 'unknown' // there is no such thing, or none that this caller may know of
  | 'conflict' // the present state does not allow it
  | 'invalid' // the request is understood, and not acceptable
  | 'too-large'
  | 'limited' // the caller may try again later
  | 'unavailable'; // anybody may try again later: the cause is on our side

export const REFUSALS = {
  // The request itself.
  'bad-json': { kind: 'malformed', sentence: 'The body is not valid JSON.' },
  'bad-request': { kind: 'malformed', sentence: 'The request does not have the form that this route expects: {detail}' },
  'unsupported-media-type': { kind: 'malformed', sentence: 'The body must be sent as application/json.' },
  'body-too-large': { kind: 'too-large', sentence: 'The body is larger than {maxBytes} bytes.' },
  'headers-too-large': { kind: 'too-large', sentence: 'The headers are larger than {maxBytes} bytes.' },
  'request-too-slow': { kind: 'malformed', sentence: 'The request took too long to arrive; send it again.' },
  'route-unknown': { kind: 'unknown', sentence: 'There is no such route.' },
  'method-not-allowed': { kind: 'malformed', sentence: 'This route does not support {method}.' },
  'bad-frame': { kind: 'malformed', sentence: 'The frame does not have the form that its type expects: {detail}' },
  'text-malformed': { kind: 'invalid', sentence: 'The text contains half a surrogate pair and can’t be encoded as UTF-8.' },
  'text-not-one-line': { kind: 'invalid', sentence: 'The text must be one line, and has {character} in it: a line break or another control character.' },
  'text-turns-direction': {
    kind: 'invalid',
    sentence: 'The text has {character} in it, which turns the direction of what stands behind it; leave it out, or close it.',
  },
  // The caller.
  'token-missing': { kind: 'unauthenticated', sentence: 'This needs a bearer token; POST /v1/sessions gives one.' },
  'token-invalid': { kind: 'unauthenticated', sentence: 'The token is invalid; log in again.' },
  'token-expired': { kind: 'unauthenticated', sentence: 'The token has expired; log in again.' },
  'session-ended': { kind: 'unauthenticated', sentence: 'The session was logged out, or not used for long; log in again.' },
  'device-removed': { kind: 'forbidden', sentence: 'This device was removed; register it again to connect with it.' },
  'login-failed': { kind: 'unauthenticated', sentence: 'The login name or the password is wrong.' },
  'login-not-recent': {
    kind: 'forbidden',
    sentence: 'You logged in more than {maxMinutes} minutes ago; for this, send your password again with POST /v1/sessions/current/authentication.',
  },
  'password-wrong': { kind: 'forbidden', sentence: 'The password is wrong.' },
  'password-too-common': { kind: 'invalid', sentence: 'This password is one of those that are guessed first; choose another one.' },
  'password-has-login-name': { kind: 'invalid', sentence: 'A password must not contain the login name; choose another one.' },
  'login-ticket-invalid': { kind: 'unauthenticated', sentence: 'The ticket is wrong, used or expired; log in again.' },
  'second-factor-wrong': { kind: 'forbidden', sentence: 'The second factor is wrong, or was used before.' },
  'second-factor-unknown': { kind: 'unknown', sentence: 'There is no such second factor, or it was not confirmed in time.' },
  'second-factors-full': { kind: 'conflict', sentence: 'You can have at most {max} second factors; remove one first.' },
  'session-unknown': { kind: 'unknown', sentence: 'You have no such session, or it has ended.' },
  'signature-missing': { kind: 'unauthenticated', sentence: 'This needs the headers Tidings-App, Tidings-Timestamp and Tidings-Signature.' },
  'signature-invalid': { kind: 'unauthenticated', sentence: 'The signature does not match the request.' },
  'signature-expired': {
    kind: 'unauthenticated',
    sentence: 'The timestamp is more than {maxSeconds} seconds away from the server’s time {serverTime}; set your clock and sign the request again.',
  },
  'signature-replayed': { kind: 'unauthenticated', sentence: 'This signed request was received before; sign a new one.' },
  forbidden: { kind: 'forbidden', sentence: 'You are not allowed to do this.' },
  'role-too-low': { kind: 'forbidden', sentence: 'Your role is {role}, and this needs {needed}.' },
  'reason-missing': { kind: 'invalid', sentence: 'This reveals or destroys something; send a reason in Tidings-Reason, or with --reason.' },
  'reason-too-long': { kind: 'too-large', sentence: 'The reason has {length} characters; at most {max} are allowed.' },
  'operator-name-invalid': {
    kind: 'invalid',
    sentence: 'Use at most {max} lower-case letters and digits with single dots, dashes or underscores between, and not local or admin-token.',
  },
  'operator-name-taken': { kind: 'conflict', sentence: 'There is an operator of this name.' },
  'operator-unknown': { kind: 'unknown', sentence: 'There is no such operator.' },
  'operators-full': { kind: 'conflict', sentence: 'There can be at most {max} operators; remove one first.' },
  'origin-not-allowed': { kind: 'forbidden', sentence: 'Web pages of this origin may not connect; ask the operator to allow it.' },
  // Commands.
  'idempotency-key-reused': { kind: 'conflict', sentence: 'This idempotency key was used for another request; use a new key.' },
  'command-expired': { kind: 'conflict', sentence: 'The command was made more than {maxDays} days ago; make it again under a new key.' },
  'clock-skew': { kind: 'conflict', sentence: 'The command’s time is in the future; the server’s time is {serverTime}. Set your clock and use a new key.' },
  'write-contention': { kind: 'unavailable', sentence: 'Too many commands are changing the same thing; try again.' },
  'rate-limited': { kind: 'limited', sentence: 'You have exceeded the limit {limit}; try again in {retryAfterSeconds} seconds.' },
  'gateway-full': { kind: 'unavailable', sentence: 'This gateway accepts no more connections at the moment; ask GET /v1/gateway for another one.' },
  'queue-full': { kind: 'limited', sentence: 'The queue is full; try again in {retryAfterSeconds} seconds.' },
  'log-unavailable': { kind: 'unavailable', sentence: 'The event log can’t be reached at the moment; try again with the same idempotency key.' },
  'store-unavailable': { kind: 'unavailable', sentence: 'A store that this needs can’t be reached at the moment; try again with the same idempotency key.' },
  'views-not-ready': { kind: 'unavailable', sentence: 'The views that answer this are being built; try again.' },
  'views-damaged': { kind: 'unavailable', sentence: 'The views that answer this are damaged, and the operator has to build them again; try again later.' },
  'position-not-reached': { kind: 'unavailable', sentence: 'The views did not reach position {position} within {waitedMs} ms; try again.' },
  'position-invalid': { kind: 'malformed', sentence: 'The position is not one that a command returned.' },
  'position-of-another-log': {
    kind: 'conflict',
    sentence: 'The position is from before the log was restored, and says nothing any more; forget what you hold, and fetch again without it.',
  },
  'internal-error': {
    kind: 'unavailable',
    sentence: 'Something went wrong on our side, and it is not certain whether anything was stored; try again with the same idempotency key.',
  },
  // People.
  'login-taken': { kind: 'conflict', sentence: 'The login name is taken; choose another one.' },
  'person-unknown': { kind: 'unknown', sentence: 'There is no such person.' },
  'person-erased': { kind: 'conflict', sentence: 'This person’s account was deleted.' },
  'name-empty': { kind: 'invalid', sentence: 'A name needs at least one visible character.' },
  'name-too-long': { kind: 'too-large', sentence: 'The name has {length} characters; at most {max} are allowed.' },
  'about-too-long': { kind: 'too-large', sentence: 'The about text has {length} characters; at most {max} are allowed.' },
  'code-invalid': { kind: 'invalid', sentence: 'The code is wrong, or not valid any more; ask for a new one.' },
  'phone-number-invalid': {
    kind: 'invalid',
    sentence: 'No such telephone number is possible; send it with + and the code of its country, such as +4930123456, or name its country.',
  },
  'endpoint-unknown': { kind: 'unknown', sentence: 'There is no such device or contact.' },
  'language-unknown': { kind: 'invalid', sentence: '{language} is not a BCP 47 language tag, such as de or pt-BR.' },
  'country-unknown': { kind: 'invalid', sentence: '{country} is not the code of a country (ISO 3166-1 alpha-2), such as DE.' },
  'time-zone-unknown': { kind: 'invalid', sentence: '{zone} is not an IANA time zone, such as Europe/Berlin.' },
  'quiet-hours-invalid': { kind: 'invalid', sentence: 'Quiet hours need two different times of day, such as from 22:00 until 07:00.' },
  'digest-invalid': { kind: 'invalid', sentence: 'A digest is of 1 to {maxMinutes} minutes, or until a time of day, such as 08:00.' },
  'category-mandatory': { kind: 'conflict', sentence: 'Notifications of the category {category} must be told to you; nobody can opt out of them.' },
  'preferences-full': { kind: 'conflict', sentence: 'You can keep at most {max} preferences.' },
  // Relationships.
  'self-not-allowed': { kind: 'invalid', sentence: 'You can’t do that to yourself.' },
  'friends-full': { kind: 'conflict', sentence: 'You can have at most {max} friends, open requests included; remove a friend or withdraw a request first.' },
  'follows-full': { kind: 'conflict', sentence: 'You can follow at most {max} people; unfollow one first.' },
  'mutes-full': { kind: 'conflict', sentence: 'You can mute at most {max} people; unmute one first.' },
  'blocks-full': { kind: 'conflict', sentence: 'You can block at most {max} people; unblock one first.' },
  'friend-request-unknown': { kind: 'unknown', sentence: 'There is no such friend request.' },
  'friend-request-pending': { kind: 'conflict', sentence: 'This person has already sent you a friend request; accept or refuse it.' },
  'not-the-recipient': { kind: 'forbidden', sentence: 'Only the recipient of the request can do that.' },
  'not-the-requester': { kind: 'forbidden', sentence: 'Only the person who sent the friend request can withdraw it.' },
  'friend-reservation-expired': { kind: 'conflict', sentence: 'The request expired while it was being made; try again.' },
  'already-friends': { kind: 'conflict', sentence: 'You are already friends.' },
  'not-a-friend': { kind: 'forbidden', sentence: 'You are not friends.' },
  blocked: { kind: 'forbidden', sentence: 'One of you has blocked the other.' },
  // Media.
  'media-unknown': { kind: 'unknown', sentence: 'You have no such picture or video, or nothing used it for long and it was removed; upload it again.' },
  'media-not-ready': { kind: 'conflict', sentence: 'The picture or video is still being prepared; try again in a moment.' },
  'media-type-refused': { kind: 'invalid', sentence: 'Only pictures (JPEG, PNG, WebP, GIF, AVIF) and videos (MP4, WebM) can be uploaded.' },
  'media-heic': { kind: 'invalid', sentence: 'Pictures in HEIC can’t be read; send it as JPEG.' },
  'media-damaged': { kind: 'invalid', sentence: 'The picture or video is damaged and can’t be read.' },
  'media-too-many-pixels': { kind: 'invalid', sentence: 'The picture has too many pixels; make it smaller.' },
  'media-too-costly': { kind: 'invalid', sentence: 'Preparing the picture or video takes too much time or memory; make it smaller.' },
  'media-too-many': { kind: 'invalid', sentence: 'At most {max} pictures and videos can be used at once.' },
  'media-twice': { kind: 'invalid', sentence: 'The same picture or video is named twice.' },
  'alt-too-long': { kind: 'too-large', sentence: 'The description has {length} characters; at most {max} are allowed.' },
  // Feed.
  'post-unknown': { kind: 'unknown', sentence: 'There is no such post.' },
  'post-deleted': { kind: 'conflict', sentence: 'The post was deleted.' },
  'post-too-long': { kind: 'too-large', sentence: 'The text has {length} characters; at most {max} are allowed.' },
  'post-empty': { kind: 'invalid', sentence: 'A post needs at least one visible character.' },
  'not-the-author': { kind: 'forbidden', sentence: 'Only the author of the post can do that.' },
  // Chat.
  'channel-unknown': { kind: 'unknown', sentence: 'There is no such channel.' },
  'channel-full': { kind: 'conflict', sentence: 'A channel can have at most {max} members.' },
  'not-a-group': { kind: 'conflict', sentence: 'A direct channel always has the same two members and no title; open a group instead.' },
  'title-empty': { kind: 'invalid', sentence: 'A title needs at least one visible character.' },
  'title-too-long': { kind: 'too-large', sentence: 'The title has {length} characters; at most {max} are allowed.' },
  'not-the-owner': { kind: 'forbidden', sentence: 'Only the owner of the channel can do that.' },
  'invitation-unknown': { kind: 'unknown', sentence: 'There is no such invitation, or it was withdrawn.' },
  'message-request-unknown': { kind: 'unknown', sentence: 'There is no such message request.' },
  'message-unknown': { kind: 'unknown', sentence: 'There is no such message in the channel.' },
  'message-withdrawn': { kind: 'conflict', sentence: 'The message was withdrawn.' },
  'message-too-long': { kind: 'too-large', sentence: 'The text has {length} characters; at most {max} are allowed.' },
  'message-empty': { kind: 'invalid', sentence: 'A message needs at least one visible character.' },
  'not-the-sender': { kind: 'forbidden', sentence: 'Only the sender of the message can do that.' },
  'emoji-invalid': { kind: 'invalid', sentence: 'A reaction is one emoji of at most {max} characters.' },
  'too-many-reactions': { kind: 'conflict', sentence: 'A message has at most {max} kinds of reaction; use one that it has.' },
  'too-many-mentions': { kind: 'invalid', sentence: 'A message can mention at most {max} people.' },
  // Notifications.
  'app-unknown': { kind: 'unknown', sentence: 'There is no such app.' },
  'app-disabled': { kind: 'forbidden', sentence: 'The app is disabled.' },
  'sender-identity-invalid': { kind: 'invalid', sentence: 'The sender identity can’t be used: {field} has no form that a vendor takes.' },
  'app-secret-replaced': { kind: 'forbidden', sentence: 'This secret was replaced; only the newest one may change what gives access.' },
  'category-invalid': { kind: 'invalid', sentence: 'The category can’t be declared: {detail}.' },
  'categories-full': { kind: 'conflict', sentence: 'An app can declare at most {max} categories; remove one first.' },
  'not-enrolled': { kind: 'forbidden', sentence: 'An app can notify only people who have enrolled with it; {person} has not.' },
  'notification-unknown': { kind: 'unknown', sentence: 'There is no such notification.' },
  'categories-read-full': {
    kind: 'conflict',
    sentence: 'You have read {max} categories to different moments; mark the notifications of all categories as read instead.',
  },
  'notification-cancelled': { kind: 'conflict', sentence: 'The notification was cancelled.' },
  'failover-invalid': { kind: 'invalid', sentence: 'The failover can’t be followed: {detail}.' },
  'scope-missing': { kind: 'forbidden', sentence: 'The key that signed this has no scope for it; it needs {scope}.' },
  'app-keys-full': { kind: 'conflict', sentence: 'An app can have at most {max} keys beside its secret; remove one first.' },
  'quota-exceeded': { kind: 'limited', sentence: 'Your app has used up its quota of {quota}; try again in {retryAfterSeconds} seconds.' },
  'recipients-missing': { kind: 'invalid', sentence: 'A notification needs at least one recipient and at least one channel.' },
  'content-missing': { kind: 'invalid', sentence: 'A notification needs content with at least one visible character, or a template that renders to some.' },
  'too-many-recipients': { kind: 'too-large', sentence: 'A request can name at most {max} recipients; split it.' },
  'recipients-or-list': { kind: 'invalid', sentence: 'A notification goes to recipients or to a list; name one of them.' },
  'list-unknown': { kind: 'unknown', sentence: 'There is no such list.' },
  'too-many-members': { kind: 'too-large', sentence: 'A change can name at most {max} members; split it.' },
  'not-a-campaign': { kind: 'conflict', sentence: 'The notification names its recipients; only one that goes to a list can be paused and resumed.' },
  'campaign-finished': { kind: 'conflict', sentence: 'All that was to be planned of the notification is planned; cancel it instead.' },
  'content-too-large': { kind: 'too-large', sentence: 'The content has {length} bytes; at most {max} are allowed.' },
  'content-fits-no-channel': {
    kind: 'too-large',
    sentence: 'The content has {characters} characters and {bytes} bytes; none of its channels ({channels}) takes so much.',
  },
  'send-at-too-far': { kind: 'invalid', sentence: 'A notification can be scheduled at most {maxDays} days ahead.' },
  'send-at-twice': { kind: 'invalid', sentence: 'A notification is sent at a moment or at a time on each recipient’s clock; send sendAt or sendAtLocal.' },
  'schedule-unknown': { kind: 'unknown', sentence: 'There is no such schedule.' },
  'schedule-over': { kind: 'conflict', sentence: 'The schedule is over: it was cancelled, or its rule does not come round any more.' },
  'schedule-rule-invalid': { kind: 'invalid', sentence: 'The rule can’t be used: {detail}.' },
  'expires-before-sending': { kind: 'invalid', sentence: 'The notification would expire before it is sent; change ttlSeconds or sendAt.' },
  'delivery-unknown': { kind: 'unknown', sentence: 'There is no such delivery.' },
  'delivery-status-conflict': { kind: 'conflict', sentence: 'The delivery is {status}, so this is not possible any more.' },
  'funnel-too-large': { kind: 'too-large', sentence: 'There is too much to add up at once; ask for fewer days, at most {maxDays}.' },
  'template-unknown': { kind: 'unknown', sentence: 'There is no such template or version.' },
  'template-invalid': { kind: 'invalid', sentence: 'The template can’t be used: {detail}' },
  'parameter-missing': { kind: 'invalid', sentence: 'The template needs the parameter {parameter}; send it in parameters.' },
  'parameter-invalid': { kind: 'invalid', sentence: 'The parameter {path} {detail}.' },
  'webhook-unknown': { kind: 'unknown', sentence: 'The app has no webhook; set one first.' },
  'webhook-message-unknown': { kind: 'unknown', sentence: 'There is no such message to the app’s webhook.' },
  'webhook-url-invalid': { kind: 'invalid', sentence: 'A webhook needs an https: address without credentials and without a fragment.' },
  'unsubscribe-token-invalid': { kind: 'invalid', sentence: 'This link to unsubscribe is damaged; use the one in the message, or your settings.' },
  'routing-invalid': { kind: 'invalid', sentence: 'These rules can’t route deliveries: {detail}.' },
  'link-invalid': { kind: 'unknown', sentence: 'This link is none of ours, or was changed on its way.' },
  'callback-invalid': { kind: 'forbidden', sentence: 'The callback is not signed by its vendor.' },
} as const satisfies Record<string, { readonly kind: Kind; readonly sentence: string }>;

export type RefusalCode = keyof typeof REFUSALS;
export type RefusalKind = Kind;

/** The sentence of a code with its facts filled in. */
export function sentenceOf(code: RefusalCode, facts: Readonly<Record<string, string | number>> = {}): string {
  return REFUSALS[code].sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
