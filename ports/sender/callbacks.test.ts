import test from 'ava';
import fc from 'fast-check';
import { instant } from '../../domain/shared/instant.ts';
import { mailchimpCallback, MAILCHIMP_WEBHOOK_KEY } from '../../tests/vendors/mailchimp.ts';
import { sendGridWebhook } from '../../tests/vendors/sendgrid.ts';
import { twilioCallback, TWILIO_TOKEN } from '../../tests/vendors/twilio.ts';
import { vonageTokenCallback, VONAGE_KEY, VONAGE_SIGNATURE_SECRET } from '../../tests/vendors/vonage.ts';
import type { CallbackRequest, CallbackVerifier } from './callbacks.ts';
import { mailchimpCallbacks } from './mailchimp/callbacks.ts';
import { sendGridCallbacks } from './sendgrid/callbacks.ts';
import { twilioCallbacks } from './twilio/callbacks.ts';
import { vonageCallbacks } from './vonage/callbacks.ts';

const NOW_MS = 1_767_225_600_000;
const clock = { clock: () => instant(NOW_MS) };
const URL_GIVEN = 'https://tidings.example.org/v1/callbacks/x/x?delivery=d1&attempt=1';
const webhook = sendGridWebhook();

type Fields = Readonly<Record<string, unknown>>;
type Vendor = { readonly verifier: CallbackVerifier; readonly names: readonly string[]; readonly sign: (fields: Fields) => CallbackRequest };

const asText = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')]));

const VENDORS: Readonly<Record<string, Vendor>> = {
  twilio: {
    verifier: twilioCallbacks({ name: 'twilio', authToken: TWILIO_TOKEN }, clock),
    names: ['MessageSid', 'MessageStatus', 'ErrorCode', 'Body', 'From', 'To', 'OptOutType'],
    sign: (fields) => twilioCallback(URL_GIVEN, asText(fields)),
  },
  sendgrid: {
    verifier: sendGridCallbacks({ name: 'sendgrid', webhookPublicKey: webhook.publicKey }, clock),
    names: ['event', 'type', 'email', 'timestamp', 'sg_event_id', 'sg_message_id', 'delivery', 'attempt', 'reason', 'sg_machine_open'],
    sign: (fields) => webhook.post([fields], URL_GIVEN, NOW_MS),
  },
  vonage: {
    verifier: vonageCallbacks({ name: 'vonage', apiKey: VONAGE_KEY, signatureSecret: VONAGE_SIGNATURE_SECRET }, clock),
    names: ['messageId', 'status', 'err-code', 'msisdn', 'to', 'text', 'client-ref', 'message-timestamp'],
    sign: (fields) => vonageTokenCallback(URL_GIVEN, fields as never),
  },
  mailchimp: {
    verifier: mailchimpCallbacks({ name: 'mailchimp', webhookKey: MAILCHIMP_WEBHOOK_KEY }, clock),
    names: ['event', 'type', '_id', 'ts', 'msg'],
    sign: (fields) => mailchimpCallback(URL_GIVEN, [fields]),
  },
};

const WORDS = ['delivered', 'failed', 'bounce', 'hard_bounce', 'open', 'd1.2', '2026-01-01 00:00:05', 'STOP', 'constructor', '__proto__'];
const value = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(0, -1, 1e20, Number.MAX_SAFE_INTEGER, 1_767_225_600),
  fc.record({ email: fc.jsonValue({ maxDepth: 1 }), metadata: fc.jsonValue({ maxDepth: 1 }), bounce_description: fc.string() }),
);

for (const [name, { verifier, names, sign }] of Object.entries(VENDORS)) {
  test(`${name}: whatever is signed is read or refused, and never throws`, (t) => {
    t.notThrows(() =>
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...names), value), (fields) => {
          const verified = verifier.verify(sign(fields));
          if ('refused' in verified) return verified.refused !== 'signature-wrong';
          return verified.every(
            ({ callback, at, attempt, what }) => typeof what === 'string' && callback !== '' && !Number.isNaN(Date.parse(at)) && (attempt ?? 1) > 0,
          );
        }),
        { numRuns: 100 },
      ),
    );
  });

  test(`${name}: whatever isn’t signed is refused, and never throws`, (t) => {
    t.notThrows(() =>
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom(...names, 'sig', 'mandrill_events'), value),
          fc.string(),
          fc.constantFrom('GET', 'POST'),
          (fields, body, method) => {
            const { headers } = sign(fields);
            const changed = { url: `${URL_GIVEN}&x`, method, headers, rawBody: Buffer.from(body) };
            return [changed, { ...changed, headers: {} }].every((request) => 'refused' in verifier.verify(request));
          },
        ),
        { numRuns: 100 },
      ),
    );
  });
}

test('more fields than any vendor posts are refused before a signature is reckoned over them', (t) => {
  const names = Array.from({ length: 1_001 }, (_, i) => `f${i}`);
  const rawBody = Buffer.from(names.map((name) => `${name}=`).join('&'));
  const asJson = Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, '']))));
  for (const name of ['twilio', 'vonage', 'mailchimp'] as const) {
    const request = { url: URL_GIVEN, method: 'POST', headers: {}, rawBody };
    t.deepEqual(VENDORS[name]?.verifier.verify(request), { refused: 'body-unreadable' }, name);
  }
  const json = { url: URL_GIVEN, method: 'POST', headers: { 'content-type': 'application/json' }, rawBody: asJson };
  t.deepEqual(VENDORS['vonage']?.verifier.verify(json), { refused: 'body-unreadable' });
});

test('what names no message is refused: it could not be told from the next', (t) => {
  const named = { twilio: 'MessageSid', vonage: 'messageId' } as const;
  for (const [vendor, field] of Object.entries(named)) {
    const { verifier, sign } = VENDORS[vendor] as Vendor;
    for (const fields of [{ [field]: '' }, {}]) t.deepEqual(verifier.verify(sign(fields)), { refused: 'message-missing' }, vendor);
  }
});
