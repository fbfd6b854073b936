import test from 'ava';
import { instant, MINUTE_MS } from '../../../domain/shared/instant.ts';
import { sendGridWebhook } from '../../../tests/vendors/sendgrid.ts';
import { sendGridCallbacks } from './callbacks.ts';

const NOW_MS = 1_767_225_600_000;
const AT_S = 1_767_225_500;
const AT = instant(AT_S * 1_000);
const URL_GIVEN = 'https://tidings.example.org/v1/callbacks/sendgrid/sendgrid';
const webhook = sendGridWebhook();
const verifier = sendGridCallbacks({ name: 'sendgrid', webhookPublicKey: webhook.publicKey }, { clock: () => instant(NOW_MS) });

let events = 0;
const event = (fields: Readonly<Record<string, unknown>>) => ({
  email: 'ann@example.org',
  timestamp: AT_S,
  sg_event_id: `event-${(events += 1)}`,
  sg_message_id: '14c5d75ce93.filter0001.16648.5515E0B88.0',
  delivery: 'd1',
  attempt: '2',
  ...fields,
});
const verify = (...sent: readonly Readonly<Record<string, unknown>>[]) => verifier.verify(webhook.post(sent, URL_GIVEN, NOW_MS));
const facts = (verified: ReturnType<typeof verify>) =>
  'refused' in verified ? verified : verified.map(({ what, to, vendorId, endpointLost }) => [what, to, vendorId, endpointLost]);

test('one list tells of many: each event by its message, its address and its attempt', (t) => {
  const verified = verify(
    event({ event: 'processed' }),
    event({ event: 'deferred', attempt: '5', response: '400 try again later' }),
    event({ event: 'delivered' }),
    event({ event: 'bounce', type: 'bounce', email: 'bob@example.org', sg_message_id: 'other.filter.0', delivery: 'd2', attempt: '1', status: '5.1.1' }),
  );
  t.deepEqual(facts(verified), [
    ['accepted', 'ann@example.org', '14c5d75ce93', undefined],
    ['other', 'ann@example.org', '14c5d75ce93', undefined],
    ['delivered', 'ann@example.org', '14c5d75ce93', undefined],
    ['undelivered', 'bob@example.org', 'other', 'hard-bounce'],
  ]);
  const [processed, deferred, , bounced] = 'refused' in verified ? [] : verified;
  t.like(processed, { delivery: 'd1', attempt: 2, at: AT });
  t.like(deferred, { delivery: 'd1', reason: 'deferred' });
  t.false('attempt' in (deferred ?? {})); // it is SendGrid's own count there
  t.like(bounced, { delivery: 'd2', attempt: 1 });
});

test('an event has the same id each time that it is sent', (t) => {
  const one = event({ event: 'delivered' });
  const ids = [verify(one), verify(one, one)].flatMap((verified) => ('refused' in verified ? [] : verified.map(({ callback }) => callback)));
  t.is(ids.length, 3);
  t.deepEqual([...new Set(ids)], [one.sg_event_id]);
});

test('a bounce loses the address, a block doesn’t; SendGrid’s words about a person aren’t kept', (t) => {
  const [bounce, blocked, dropped, unsubscribed, quoted] = ((verified) => ('refused' in verified ? [] : verified))(
    verify(
      event({ event: 'bounce', type: 'bounce', bounce_classification: 'Invalid Address', reason: '550 no ann@example.org here' }),
      event({ event: 'bounce', type: 'blocked', bounce_classification: 'Reputation' }),
      event({ event: 'dropped', reason: 'Bounced Address' }),
      event({ event: 'dropped', reason: 'Unsubscribed Address' }),
      event({ event: 'bounce', type: 'bounce', bounce_classification: '550 <ann@example.org>' }),
    ),
  );
  t.like(bounce, { what: 'undelivered', reason: 'invalid-address', endpointLost: 'hard-bounce' });
  t.like(blocked, { what: 'undelivered', reason: 'blocked: reputation' });
  t.false('endpointLost' in (blocked ?? {}));
  t.like(dropped, { what: 'undelivered', reason: 'bounced-address', endpointLost: 'hard-bounce' });
  t.like(unsubscribed, { what: 'undelivered', reason: 'unsubscribed-address' });
  t.false('endpointLost' in (unsubscribed ?? {}));
  t.like(quoted, { reason: 'bounce' });
});

test('what people do is told, and what a program opened is marked', (t) => {
  const told = ['spamreport', 'unsubscribe', 'group_unsubscribe', 'click', 'open'].map((kind) => event({ event: kind }));
  t.deepEqual(
    (facts(verify(...told)) as readonly unknown[][]).map(([what]) => what),
    ['complained', 'unsubscribed', 'unsubscribed', 'clicked', 'opened'],
  );
  const [machine, person] = ((verified) => ('refused' in verified ? [] : verified))(
    verify(event({ event: 'open', sg_machine_open: true }), event({ event: 'open', sg_machine_open: false })),
  );
  t.is(machine?.isMachine, true);
  t.is(person?.isMachine, undefined);
});

test('an event of another kind, or of a message that isn’t ours, says nothing that is kept and is verified all the same', (t) => {
  const foreign = { email: 'x@example.org', event: 'account_status_change', timestamp: AT_S };
  const verified = verify(foreign, { event: 'delivered', email: 'y@example.org' });
  t.false('refused' in verified);
  const [other, unowned] = 'refused' in verified ? [] : verified;
  t.like(other, { what: 'other', reason: 'account_status_change', at: AT });
  t.like(unowned, { what: 'delivered', at: instant(NOW_MS) });
  t.false('delivery' in (unowned ?? {}));
});

test('the signature is over the raw bytes and the time: a space more is refused, and so is what is eleven minutes old', (t) => {
  const request = webhook.post([event({ event: 'delivered' })], URL_GIVEN, NOW_MS);
  t.false('refused' in verifier.verify(request));
  const refusal = (change: Partial<typeof request>) => verifier.verify({ ...request, ...change });
  t.deepEqual(refusal({ rawBody: Buffer.concat([request.rawBody, Buffer.from(' ')]) }), { refused: 'signature-wrong' });
  t.deepEqual(refusal({ headers: { ...request.headers, 'x-twilio-email-event-webhook-timestamp': String(NOW_MS / 1_000 - 1) } }), {
    refused: 'signature-wrong',
  });
  t.deepEqual(refusal({ headers: {} }), { refused: 'signature-missing' });
  t.deepEqual(refusal({ headers: { ...request.headers, 'x-twilio-email-event-webhook-signature': 'no base64!' } }), { refused: 'signature-wrong' });
  for (const [ageMs, isTaken] of [
    [9 * MINUTE_MS, true],
    [11 * MINUTE_MS, false],
    [-11 * MINUTE_MS, false],
  ] as const) {
    const verified = verifier.verify(webhook.post([event({ event: 'delivered' })], URL_GIVEN, NOW_MS - ageMs));
    t.deepEqual('refused' in verified ? verified : 'taken', isTaken ? 'taken' : { refused: 'timestamp-old' });
  }
  t.deepEqual(verifier.verify(sendGridWebhook().post([], URL_GIVEN, NOW_MS)), { refused: 'signature-wrong' });
  const keyless = sendGridCallbacks({ name: 'sendgrid' }, { clock: () => instant(NOW_MS) });
  t.deepEqual(keyless.verify(request), { refused: 'key-missing' });
});
