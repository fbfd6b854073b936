import test from 'ava';
import fc from 'fast-check';
import { epochMs, instant, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import { startTwilio, TWILIO_SID, TWILIO_TOKEN, type TwilioSimulator } from '../../../tests/vendors/twilio.ts';
import { attemptOf, senderContract } from '../contract.ts';
import { VendorUnavailable, type Attempt } from '../port.ts';
import { smsEncodingOf, smsSegmentsIn, smsUnitsIn } from '../sms/text.ts';
import { stopWordIn } from '../sms/stop-words.ts';
import type { TwilioAccount } from './account.ts';
import { TWILIO_FAULTS } from './error-codes.ts';
import { outcomeOfRefusal } from './outcome.ts';
import { messageOf, TWILIO_TEXT_MAX_UNITS, VALIDITY_MAX_SECONDS } from './request.ts';
import { startTwilioSender } from './sender.ts';

const ACCOUNT: TwilioAccount = { name: 'twilio', accountSid: TWILIO_SID, authToken: TWILIO_TOKEN, from: '+15017122661' };
const PUBLIC_URL = 'https://tidings.example.org';

const start = ({ url, ca }: TwilioSimulator, account: TwilioAccount = ACCOUNT) =>
  startTwilioSender(account, { clock: () => instant(Date.now()), publicUrl: PUBLIC_URL, connect: { origin: url, ca } });

const attempt = (fields: Partial<Attempt> = {}): Attempt => ({ ...attemptOf('sms', 'd1', AbortSignal.timeout(30_000)), ...fields });

senderContract('twilio', async () => {
  const vendor = await startTwilio();
  const sender = start(vendor);
  return {
    sender,
    findsOnly: true,
    deadlineMs: 6_000,
    asked: () => vendor.requests.length,
    traceparents: () => vendor.requests.map(({ headers }) => headers['traceparent']),
    tell: async (does) => vendor.tell(does),
    accepted: async (delivery) => vendor.accepted(delivery).length,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
});

test('a message goes to the number from the account, with our ids in the address that Twilio calls back', async (t) => {
  await using vendor = await startTwilio();
  await using sender = start(vendor);
  await sender.send(attempt({ attempt: 3 }));
  const [request] = vendor.accepted('d1');
  t.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
    To: '+41791234567',
    From: '+15017122661',
    Body: 'Ferry\nThe boat leaves at nine.\nhttps://example.org/boats',
    ValidityPeriod: '3600',
    StatusCallback: 'https://tidings.example.org/v1/callbacks/twilio/twilio?delivery=d1&attempt=3',
  });
});

test('what an app has set as its sender goes before the account’s', (t) => {
  const service = `MG${'0'.repeat(32)}`;
  const senderOf = (from: string | undefined, identity: string | undefined) => {
    const message = messageOf(attempt(identity === undefined ? {} : { identity: { sms: { from: identity } } }), {
      account: { ...ACCOUNT, ...(from !== undefined && { from }) },
      publicUrl: undefined,
    });
    return 'refused' in message ? message : { from: message.from, service: message.messagingServiceSid };
  };
  t.deepEqual(senderOf(undefined, undefined), { from: '+15017122661', service: undefined });
  t.deepEqual(senderOf(service, undefined), { from: undefined, service });
  t.deepEqual(senderOf(service, 'HARBOUR'), { from: 'HARBOUR', service: undefined });
  t.deepEqual(senderOf(undefined, service), { from: undefined, service });
});

test('Twilio keeps a message as long as it lives, and ten hours at most', (t) => {
  const validityOf = (ttlSeconds: number) => {
    const message = messageOf(attempt({ ttlSeconds }), { account: ACCOUNT, publicUrl: undefined });
    return 'refused' in message ? message : message.validityPeriod;
  };
  t.deepEqual([0, 0.5, 60.9, 36_000, 7 * 86_400].map(validityOf), [1, 1, 60, VALIDITY_MAX_SECONDS, VALIDITY_MAX_SECONDS]);
});

test('a body that is too long is cut at a grapheme, and what can’t be cut isn’t sent', async (t) => {
  const bodyOf = (content: Attempt['content']) => {
    const message = messageOf(attempt({ content }), { account: ACCOUNT, publicUrl: undefined });
    return 'refused' in message ? message.refused : (message.body ?? '');
  };
  const family = '👨‍👩‍👧';
  const cut = bodyOf({ body: family.repeat(300) });
  t.true(smsUnitsIn(cut) <= TWILIO_TEXT_MAX_UNITS);
  t.is(cut, `${family.repeat(199)}…`);
  t.is(smsUnitsIn(bodyOf({ body: '€'.repeat(TWILIO_TEXT_MAX_UNITS / 2) })), TWILIO_TEXT_MAX_UNITS);
  t.is(bodyOf({ body: 'x', url: `https://example.org/${'y'.repeat(TWILIO_TEXT_MAX_UNITS)}` }), 'message-too-long');

  await using vendor = await startTwilio();
  await using sender = start(vendor);
  const url = `https://example.org/${'y'.repeat(TWILIO_TEXT_MAX_UNITS)}`;
  t.deepEqual(await sender.send(attempt({ content: { body: 'x', url } })), { outcome: 'rejected', reason: 'message-too-long' });
  t.deepEqual(await sender.send(attempt({ target: { channel: 'sms', phone: '079 123 45 67' } })), { outcome: 'rejected', reason: 'number-invalid' });
  t.is(vendor.requests.length, 0);
});

test('segments are counted as carriers do', (t) => {
  const counted = (text: string) => [smsEncodingOf(text), smsSegmentsIn(text)];
  t.deepEqual(counted(''), ['gsm-7', 1]);
  t.deepEqual(counted('a'.repeat(160)), ['gsm-7', 1]);
  t.deepEqual(counted('a'.repeat(161)), ['gsm-7', 2]);
  t.deepEqual(counted('a'.repeat(306)), ['gsm-7', 2]);
  t.deepEqual(counted('a'.repeat(307)), ['gsm-7', 3]);
  t.deepEqual(counted('€'.repeat(80)), ['gsm-7', 1]);
  t.deepEqual(counted('€'.repeat(81)), ['gsm-7', 2]);
  // 153 units hold 76 of two: the escape isn't parted from its character.
  t.deepEqual(counted('€'.repeat(153)), ['gsm-7', 3]);
  t.deepEqual(counted('한'.repeat(70)), ['ucs-2', 1]);
  t.deepEqual(counted('한'.repeat(71)), ['ucs-2', 2]);
  t.deepEqual(counted('😀'.repeat(35)), ['ucs-2', 1]);
  t.deepEqual(counted('😀'.repeat(67)), ['ucs-2', 3]);
  t.deepEqual(counted(`${'a'.repeat(159)}ç`), ['ucs-2', 3]); // GSM-7 has the great Ç alone
});

test('a text takes at least the segments that its units need, and each more only what it can’t part', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '€', 'é', '한', '😀'), maxLength: 400 }), (text) => {
        const each = smsEncodingOf(text) === 'gsm-7' ? 153 : 67;
        const [segments, units] = [smsSegmentsIn(text), smsUnitsIn(text)];
        return segments === 1 || (segments >= Math.ceil(units / each) && segments <= Math.ceil(units / (each - 1)));
      }),
      { numRuns: 100 },
    ),
  );
});

test('a word that stops or starts counts alone, however it is spelt', (t) => {
  for (const text of ['STOP', ' stop ', 'Stop.', 'STOPALL', 'stop!!', '“Stop”', 'stop\n', 'ＳＴＯＰ', 'Unsubscribe', 'opt-out'])
    t.is(stopWordIn(text), 'stop', text);
  for (const text of ['START', 'unstop', ' Yes. ']) t.is(stopWordIn(text), 'start', text);
  for (const text of ['stop it please', 'don’t stop', 'stopp', '', '.', 'bus stop', 'yes please']) t.is(stopWordIn(text), undefined, text);
});

const OUTCOMES = { number: 'rejected', account: 'rejected', message: 'rejected', later: 'retry', unclear: 'unknown' } as const;

test('each documented code has its outcome', (t) => {
  const outcome = (code: number | undefined, status = 400) => outcomeOfRefusal({ status, code });
  t.deepEqual(outcome(21610), { outcome: 'rejected', reason: 'recipient-stopped' });
  for (const code of [21211, 21614, 21635, 30006]) t.like(outcome(code), { outcome: 'rejected', endpointLost: true });
  for (const code of [20003, 20005, 20006, 30002]) t.like(outcome(code, 401), { outcome: 'rejected', account: true });
  for (const code of [14107, 20429, 21611, 21730]) t.is(outcome(code, 429).outcome, 'retry');
  for (const [code, { blame, reason }] of Object.entries(TWILIO_FAULTS)) {
    const found = outcome(Number(code));
    t.like(found, { reason });
    t.is(found.outcome, OUTCOMES[blame]);
  }
  // What Twilio's servers have done is uncertain, whatever code they tell.
  for (const status of [500, 502, 503, 504]) t.is(outcome(20429, status).outcome, 'unknown');
  t.deepEqual(outcome(undefined, 401), { outcome: 'rejected', reason: 'http-401', account: true });
  t.deepEqual(outcome(undefined, 429), { outcome: 'retry', reason: 'rate-limited' });
  t.deepEqual(outcome(99999), { outcome: 'rejected', reason: 'twilio-99999' });
  t.deepEqual(outcome(undefined, 408), { outcome: 'unknown', reason: 'http-408' });
  t.deepEqual(outcome(undefined, 302), { outcome: 'retry', reason: 'http-302' });
});

test('a lost answer is found by recipient, time, sender and text, where exactly one message matches', async (t) => {
  const startedAt = instant(epochMs(instant(Date.now())) - 20 * SECOND_MS);
  const date = (at = startedAt) => ({ date_created: new Date(at).toUTCString(), date_sent: new Date(at).toUTCString() });
  const ours = {
    to: '+41791234567',
    from: '+15017122661',
    body: 'Ferry\nThe boat leaves at nine.\nhttps://example.org/boats',
    ...date(plus(startedAt, SECOND_MS)),
  };
  const resolved = async (messages: readonly Parameters<TwilioSimulator['keep']>[0][]) => {
    await using vendor = await startTwilio();
    await using sender = start(vendor);
    for (const message of messages) vendor.keep(message);
    return await sender.resolveAttempt?.({ ...attempt(), startedAt, message: async () => attempt() });
  };
  const sid = `SM${'5'.repeat(32)}`;
  t.deepEqual(await resolved([{ ...ours, sid }]), { outcome: 'accepted', vendorId: sid });
  t.is(await resolved([]), undefined);
  t.is(await resolved([ours, ours]), undefined);
  const others = [
    { ...ours, to: '+41790000000' },
    { ...ours, from: '+15010000000' },
    { ...ours, body: 'Ferry' },
    { ...ours, direction: 'inbound' },
    { ...ours, ...date(plus(startedAt, -30 * SECOND_MS)) },
    { ...ours, ...date(plus(startedAt, 30 * SECOND_MS)) },
  ];
  t.is(await resolved(others), undefined);
  t.deepEqual(await resolved([...others, { ...ours, sid }]), { outcome: 'accepted', vendorId: sid });
});

test('a message whose answer came is nobody else’s, though it says the same to the same person', async (t) => {
  await using vendor = await startTwilio();
  await using sender = start(vendor);
  const [first, second] = [attempt(), attempt({ ...attemptOf('sms', 'd2', AbortSignal.timeout(30_000)) })];
  const sent = await sender.send(first);
  const ask = (of: Attempt) => sender.resolveAttempt?.({ ...of, startedAt: instant(Date.now()), message: async () => of });
  t.is(await ask(second), undefined);
  t.deepEqual(await ask(first), { outcome: 'accepted', vendorId: sent.outcome === 'accepted' ? sent.vendorId : '' });
});

test('asking a vendor that can’t be reached is an outage', async (t) => {
  const vendor = await startTwilio();
  await using sender = start(vendor);
  await vendor[Symbol.asyncDispose]();
  const asked = { ...attempt(), startedAt: instant(Date.now()), message: async () => attempt() };
  await t.throwsAsync(async () => await sender.resolveAttempt?.(asked), { instanceOf: VendorUnavailable });
});

test('a vendor that can’t be connected to has certainly taken nothing', async (t) => {
  const vendor = await startTwilio();
  await using sender = start(vendor);
  await vendor[Symbol.asyncDispose]();
  t.is((await sender.send(attempt())).outcome, 'retry');
});

test('the check asks for the account, or sends from the number that reaches nobody where the credentials are for tests', async (t) => {
  await using vendor = await startTwilio();
  await using sender = start(vendor);
  t.deepEqual(await sender.check?.(AbortSignal.timeout(30_000)), { accepted: true });
  await using wrong = start(vendor, { ...ACCOUNT, authToken: 'another' });
  t.deepEqual(await wrong.check?.(AbortSignal.timeout(30_000)), { accepted: false, reason: 'unauthorized' });
  t.is(vendor.messages.length, 0);

  await using tests = await startTwilio({ isTest: true });
  await using testing = start(tests);
  t.deepEqual(await testing.check?.(AbortSignal.timeout(30_000)), { accepted: true });
  t.is(tests.messages[0]?.['from'], '+15005550006');
});
