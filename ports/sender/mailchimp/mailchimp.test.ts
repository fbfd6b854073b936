import test from 'ava';
import { instant } from '../../../domain/shared/instant.ts';
import { MAILCHIMP_KEY, MAILCHIMP_WEBHOOK_KEY, mailchimpCallback, startMailchimp } from '../../../tests/vendors/mailchimp.ts';
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt } from '../port.ts';
import type { MailchimpAccount } from './account.ts';
import { mailchimpCallbacks } from './callbacks.ts';
import { FAULTS, outcomeOf, REJECTIONS } from './outcome.ts';
import { messageOf } from './request.ts';
import { startMailchimpSender } from './sender.ts';

const ACCOUNT: MailchimpAccount = {
  name: 'mailchimp',
  apiKey: MAILCHIMP_KEY,
  from: 'news@example.org',
  fromName: 'Harbour',
  webhookKey: MAILCHIMP_WEBHOOK_KEY,
};

const start = ({ url, ca }: VendorServer, account: MailchimpAccount = ACCOUNT) =>
  startMailchimpSender(account, { clock: () => instant(Date.now()), connect: { origin: url, ca } });
const attempt = (fields: Partial<Attempt> = {}): Attempt => ({ ...attemptOf('email', 'd1', AbortSignal.timeout(30_000)), ...fields });

senderContract('mailchimp', async () => {
  const vendor = await startMailchimp();
  const sender = start(vendor);
  return {
    sender,
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

test('an email goes to one person with both texts, our ids and headers, and without Mailchimp’s tracking', async (t) => {
  await using vendor = await startMailchimp();
  await using sender = start(vendor);
  const outcome = await sender.send(
    attempt({
      attempt: 3,
      identity: { email: { from: 'app@bücher.example', replyTo: 'help@example.net' } },
      content: { title: 'Ferry', body: 'The boat leaves at nine.', html: '<p>The boat leaves at nine.</p>' },
      headers: { 'List-Unsubscribe': '<https://tidings.example.org/u/1>' },
    }),
  );
  t.is(outcome.outcome, 'accepted', JSON.stringify(outcome));
  t.deepEqual(JSON.parse(vendor.accepted('d1')[0]?.body ?? ''), {
    key: MAILCHIMP_KEY,
    async: false,
    message: {
      from_email: 'app@xn--bcher-kva.example',
      to: [{ email: 'ann@example.org', type: 'to', name: 'Ann Ämmer' }],
      headers: { 'List-Unsubscribe': '<https://tidings.example.org/u/1>', 'Reply-To': 'help@example.net' },
      subject: 'Ferry',
      text: 'The boat leaves at nine.',
      html: '<p>The boat leaves at nine.</p>',
      metadata: { delivery: 'd1', attempt: '3' },
      tags: ['departures'],
      track_opens: false,
      track_clicks: false,
      auto_text: false,
      auto_html: false,
      inline_css: false,
      merge: false,
    },
  });
  t.deepEqual(messageOf(attempt({ target: { channel: 'email', address: 'änn@example.org' } }), ACCOUNT), { refused: 'address-unsupported' });
});

test('each status, reason and fault has its outcome', (t) => {
  const outcome = (recipient: object) => outcomeOf({ status: 200, body: JSON.stringify([recipient]) }, undefined);
  for (const status of ['sent', 'queued', 'scheduled']) t.deepEqual(outcome({ status, _id: 'a1' }), { outcome: 'accepted', vendorId: 'a1' });
  for (const [reason, expected] of Object.entries(REJECTIONS)) t.deepEqual(outcome({ status: 'rejected', reject_reason: reason, _id: 'a1' }), expected);
  t.deepEqual(outcome({ status: 'rejected', reject_reason: 'new', _id: 'a1' }), { outcome: 'rejected', reason: 'mailchimp-new' });
  t.deepEqual(outcome({ status: 'invalid', _id: 'a1' }), { outcome: 'rejected', reason: 'address-invalid', endpointLost: true });
  for (const answer of [{ status: 'sent' }, { status: 'odd', _id: 'a1' }, {}]) t.is(outcome(answer).outcome, 'unknown');
  for (const [name, expected] of Object.entries(FAULTS))
    t.deepEqual(outcomeOf({ status: 500, body: JSON.stringify({ status: 'error', name }) }, undefined), expected);
  for (const [status, expected] of [
    [401, 'rejected'],
    [413, 'rejected'],
    [404, 'rejected'],
    [429, 'retry'],
    [302, 'retry'],
    [408, 'unknown'],
    [500, 'unknown'],
    [503, 'unknown'],
  ] as const) {
    t.is(outcomeOf({ status, body: 'no JSON' }, undefined).outcome, expected);
  }
});

test('the check asks whether the key is known', async (t) => {
  await using vendor = await startMailchimp();
  await using sender = start(vendor);
  t.deepEqual(await sender.check?.(AbortSignal.timeout(30_000)), { accepted: true });
  await using wrong = start(vendor, { ...ACCOUNT, apiKey: 'another' });
  t.deepEqual(await wrong.check?.(AbortSignal.timeout(30_000)), { accepted: false, reason: 'unauthorized' });
});

const NOW = instant(1_767_225_700_000);
const URL_GIVEN = 'https://tidings.example.org/v1/callbacks/mailchimp/mailchimp';
const verifier = mailchimpCallbacks(ACCOUNT, { clock: () => NOW });
const event = (kind: string, msg: object = {}) => ({
  event: kind,
  _id: 'a1',
  ts: 1_767_225_600,
  msg: { _id: 'a1', email: 'ann@example.org', metadata: { delivery: 'd1', attempt: 2 }, ...msg },
});

test('one post tells of many events, each by its message and attempt', (t) => {
  const kinds = ['send', 'deferral', 'delivered', 'open', 'click', 'spam', 'unsub', 'soft_bounce', 'reject'];
  const verified = verifier.verify(
    mailchimpCallback(
      URL_GIVEN,
      kinds.map((kind) => event(kind)),
    ),
  );
  t.deepEqual(
    (verified as readonly { readonly what: string }[]).map(({ what }) => what),
    ['accepted', 'other', 'delivered', 'opened', 'clicked', 'complained', 'unsubscribed', 'undelivered', 'undelivered'],
  );
  const [bounce, sync] = verifier.verify(
    mailchimpCallback(URL_GIVEN, [
      event('hard_bounce', { bounce_description: 'bad_mailbox', diag: '550 no ann@example.org' }),
      { type: 'denylist', action: 'add', ts: 1 },
    ]),
  ) as readonly object[];
  t.deepEqual(bounce, {
    delivery: 'd1',
    attempt: 2,
    vendorId: 'a1',
    callback: 'a1.hard_bounce.1767225600',
    at: instant(1_767_225_600_000),
    what: 'undelivered',
    reason: 'bad-mailbox',
    endpointLost: 'hard-bounce',
    to: 'ann@example.org',
  });
  t.like(sync, { what: 'other', reason: 'denylist' });
});

test('what isn’t signed by the webhook’s key is refused; without events, the key of a webhook that isn’t yet will do', (t) => {
  const request = mailchimpCallback(URL_GIVEN, [event('send')]);
  t.deepEqual(verifier.verify({ ...request, url: `${URL_GIVEN}/` }), { refused: 'signature-wrong' });
  t.deepEqual(verifier.verify({ ...request, rawBody: Buffer.from(request.rawBody.toString().replace('send', 'spam')) }), { refused: 'signature-wrong' });
  t.deepEqual(verifier.verify({ ...request, headers: {} }), { refused: 'signature-wrong' });
  t.deepEqual(verifier.verify(mailchimpCallback(URL_GIVEN, [event('send')], 'test-webhook')), { refused: 'signature-wrong' });
  const keyless = mailchimpCallbacks({ name: 'mailchimp' }, { clock: () => NOW });
  t.deepEqual(keyless.verify(mailchimpCallback(URL_GIVEN, [], 'test-webhook')), []);
  t.deepEqual(keyless.verify(request), { refused: 'key-missing' });
});
