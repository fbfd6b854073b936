import test from 'ava';
import { epochMs, instant, SECOND_MS } from '../../../domain/shared/instant.ts';
import { SENDGRID_KEY, startSendGrid } from '../../../tests/vendors/sendgrid.ts';
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import { asciiAddress, subjectOf } from '../email/message.ts';
import { VendorUnavailable, type Attempt } from '../port.ts';
import type { SendGridAccount } from './account.ts';
import { outcomeOfRefusal } from './outcome.ts';
import { mailOf } from './request.ts';
import { startSendGridSender } from './sender.ts';

const ACCOUNT: SendGridAccount = { name: 'sendgrid', apiKey: SENDGRID_KEY, from: 'news@example.org', fromName: 'Harbour', hasActivity: true };

const start = ({ url, ca }: VendorServer, account: SendGridAccount = ACCOUNT) =>
  startSendGridSender(account, { clock: () => instant(Date.now()), connect: { origin: url, ca } });

const attempt = (fields: Partial<Attempt> = {}): Attempt => ({ ...attemptOf('email', 'd1', AbortSignal.timeout(30_000)), ...fields });

for (const hasActivity of [true, false]) {
  senderContract(`sendgrid ${hasActivity ? 'with' : 'without'} activity`, async () => {
    const vendor = await startSendGrid();
    const sender = start(vendor, { ...ACCOUNT, hasActivity });
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
}

test('an email goes to one person with both texts, our ids and headers, and without SendGrid’s tracking', async (t) => {
  await using vendor = await startSendGrid();
  await using sender = start(vendor);
  const headers = { 'List-Unsubscribe': '<https://tidings.example.org/u/1>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
  const content = { title: 'Ferry {{ nine }}', body: 'The boat leaves at nine.', url: 'https://example.org/boats', html: '<p>The boat leaves at nine.</p>' };
  const identity = { email: { from: 'news@example.org', name: 'Harbour', replyTo: 'help@example.org' } };
  const outcome = await sender.send(attempt({ attempt: 3, content, headers, identity }));
  t.is(outcome.outcome, 'accepted', JSON.stringify(outcome));
  const [request] = vendor.accepted('d1');
  t.deepEqual(JSON.parse(request?.body ?? ''), {
    from: { email: 'news@example.org', name: 'Harbour' },
    reply_to: { email: 'help@example.org' },
    subject: 'Ferry {{ nine }}',
    personalizations: [{ to: [{ email: 'ann@example.org', name: 'Ann Ämmer' }], custom_args: { delivery: 'd1', attempt: '3' }, headers }],
    content: [
      { type: 'text/plain', value: 'The boat leaves at nine.\n\nhttps://example.org/boats' },
      { type: 'text/html', value: '<p>The boat leaves at nine.</p>' },
    ],
    categories: ['departures'],
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
      ganalytics: { enable: false },
    },
  });
  t.is(request?.headers['list-unsubscribe'], undefined);
});

test('what an app has set as its sender goes before the account’s, as a whole', (t) => {
  const from = (identity: Attempt['identity']) => {
    const mail = mailOf(attempt(identity === undefined ? {} : { identity }), ACCOUNT);
    return 'refused' in mail ? mail : { from: mail.from, replyTo: mail.replyTo };
  };
  t.deepEqual(from(undefined), { from: { email: 'news@example.org', name: 'Harbour' }, replyTo: undefined });
  t.deepEqual(from({ email: { from: 'app@example.net' } }), { from: { email: 'app@example.net' }, replyTo: undefined });
  t.deepEqual(from({ email: { from: 'app@bücher.example', name: 'App', replyTo: 'help@example.net' } }), {
    from: { email: 'app@xn--bcher-kva.example', name: 'App' },
    replyTo: 'help@example.net',
  });
});

test('an address is told in ASCII, and one that can’t be isn’t sent to', async (t) => {
  t.is(asciiAddress('ann@bücher.example'), 'ann@xn--bcher-kva.example');
  t.is(asciiAddress('"a@b"@example.org'), '"a@b"@example.org');
  t.deepEqual(['änn@example.org', 'example.org', '@example.org', 'ann@', 'a b@example.org'].map(asciiAddress), Array(5).fill(undefined));
  await using vendor = await startSendGrid();
  await using sender = start(vendor);
  const outcome = await sender.send(attempt({ target: { channel: 'email', address: 'änn@example.org' } }));
  t.deepEqual([outcome, vendor.requests.length], [{ outcome: 'rejected', reason: 'address-unsupported' }, 0]);
});

test('an email without a title is headed by its first words', (t) => {
  t.is(subjectOf({ body: 'The boat\nleaves.' }), 'The boat leaves.');
  t.is(subjectOf({ title: 'Ferry', body: 'The boat' }), 'Ferry');
  t.is(subjectOf({ body: 'x'.repeat(100) }), `${'x'.repeat(78)}…`);
});

test('each documented status has its outcome', (t) => {
  const outcome = (status: number, ...errors: readonly (readonly [field: string | null, message: string])[]) =>
    outcomeOfRefusal({ status, body: { errors: errors.map(([field, message]) => ({ field, message })) } });
  t.deepEqual(outcome(400, ['personalizations.0.to.0.email', 'Does not contain a valid address.']), {
    outcome: 'rejected',
    reason: 'address-invalid',
    endpointLost: true,
  });
  t.deepEqual(outcome(400, ['personalizations.0.to.0.email', 'x'], ['subject', 'y']), {
    outcome: 'rejected',
    reason: 'request-invalid: personalizations.0.to.0.email',
  });
  t.deepEqual(outcome(400), { outcome: 'rejected', reason: 'request-invalid' });
  t.deepEqual(outcome(401, [null, 'invalid grant']), { outcome: 'rejected', reason: 'unauthorized', account: true });
  t.deepEqual(outcome(401, [null, 'Maximum credits exceeded']), { outcome: 'rejected', reason: 'credits-exceeded', account: true });
  t.deepEqual(outcome(403, ['from', 'The from address does not match a verified Sender Identity.']), { outcome: 'rejected', reason: 'sender-unverified' });
  t.deepEqual(outcome(403, [null, 'access forbidden']), { outcome: 'rejected', reason: 'forbidden', account: true });
  t.deepEqual(outcome(413), { outcome: 'rejected', reason: 'payload-too-large' });
  t.deepEqual(outcome(451), { outcome: 'rejected', reason: 'region-not-permitted' });
  for (const status of [404, 405, 406, 415, 418]) t.deepEqual(outcome(status), { outcome: 'rejected', reason: `http-${status}` });
  for (const status of [429, 503, 302]) t.is(outcome(status).outcome, 'retry');
  for (const status of [200, 408, 500, 502, 504]) t.is(outcome(status).outcome, 'unknown');
  t.is(outcomeOfRefusal({ status: 400, body: 'no JSON' }).outcome, 'rejected');
});

test('activity is searched by recipient and time, and tells an attempt by the ids that rode with it', async (t) => {
  const vendor = await startSendGrid();
  await using sender = start(vendor);
  const ids: Record<number, string> = {};
  for (const number of [1, 2]) {
    const outcome = await sender.send(attempt({ attempt: number }));
    ids[number] = outcome.outcome === 'accepted' ? outcome.vendorId : '';
  }
  const ask = (number: number, startedAt = instant(Date.now())) =>
    sender.resolveAttempt?.({ ...attempt({ attempt: number }), startedAt, message: async () => attempt() });
  t.deepEqual([await ask(1), await ask(2), await ask(3)], [
    { outcome: 'accepted', vendorId: ids[1] },
    { outcome: 'accepted', vendorId: ids[2] },
    undefined,
  ] as never);
  t.is(await ask(1, instant(epochMs(instant(Date.now())) + 3_600 * SECOND_MS)), undefined);
  await using without = await startSendGrid({ isListing: false });
  await using forbidden = start(without);
  const asked = { ...attempt(), startedAt: instant(Date.now()), message: async () => attempt() };
  t.is(await forbidden.resolveAttempt?.(asked), undefined);
  await vendor[Symbol.asyncDispose]();
  await t.throwsAsync(async () => await sender.resolveAttempt?.(asked), { instanceOf: VendorUnavailable });
});

test('the check is an email that nobody gets', async (t) => {
  await using vendor = await startSendGrid();
  await using sender = start(vendor);
  t.deepEqual(await sender.check?.(AbortSignal.timeout(30_000)), { accepted: true });
  t.is(vendor.accepted('none').length, 0);
  await using wrong = start(vendor, { ...ACCOUNT, apiKey: 'SG.another' });
  t.deepEqual(await wrong.check?.(AbortSignal.timeout(30_000)), { accepted: false, reason: 'unauthorized' });
});
