import test from 'ava';
import { instant } from '../../domain/shared/instant.ts';
import { startVendorServer, type VendorAnswer } from '../../tests/vendors/vendor-server.ts';
import { TWILIO_SID, TWILIO_TOKEN } from '../../tests/vendors/twilio.ts';
import { attemptOf } from './contract.ts';
import { startMailchimpSender } from './mailchimp/sender.ts';
import type { Sender } from './port.ts';
import { startSendGridSender } from './sendgrid/sender.ts';
import { startTwilioSender } from './twilio/sender.ts';
import type { VendorOptions } from './vendor-https.ts';
import { startVonageSender } from './vonage/sender.ts';

const SENDERS: Readonly<Record<string, (options: VendorOptions) => Sender>> = {
  twilio: (options) => startTwilioSender({ name: 'twilio', accountSid: TWILIO_SID, authToken: TWILIO_TOKEN, from: '+15017122661' }, options),
  sendgrid: (options) => startSendGridSender({ name: 'sendgrid', apiKey: 'SG.x', from: 'news@example.org', hasActivity: true }, options),
  vonage: (options) => startVonageSender({ name: 'vonage', apiKey: 'abcd1234', apiSecret: 'secret', from: 'HARBOUR' }, options),
  mailchimp: (options) => startMailchimpSender({ name: 'mailchimp', apiKey: 'key', from: 'news@example.org' }, options),
};

const STATUSES = [200, 201, 202, 204, 302, 400, 401, 408, 429, 500, 503];
const BODIES = [
  '',
  'null',
  '[]',
  '[null]',
  '"text"',
  '7',
  '{',
  '{}',
  '<html>',
  '{"errors":[null]}',
  '{"errors":7}',
  '{"messages":{}}',
  '{"code":"constructor"}',
  '{"name":"constructor"}',
];

for (const [name, startSender] of Object.entries(SENDERS)) {
  test(`${name}: whatever the vendor answers has an outcome, and isn’t taken for a message that was accepted`, async (t) => {
    let answer: VendorAnswer = { status: 200 };
    const none: VendorAnswer = { status: 400 };
    await using vendor = await startVendorServer({
      refuse: () => answer,
      deliveryIn: () => undefined,
      answer: () => none,
      fails: { reject: none, 'say that the endpoint is gone': none, 'refuse our credentials': none, 'be unavailable': none, 'limit the rate': none },
    });
    await using sender = startSender({ clock: () => instant(Date.now()), connect: { origin: vendor.url, ca: vendor.ca } });
    const attempt = () => attemptOf(sender.channel, 'd1', AbortSignal.timeout(30_000));
    for (const status of STATUSES) {
      for (const body of status === 204 ? [''] : BODIES) {
        answer = { status, headers: { 'content-type': 'application/json' }, body };
        const { outcome } = await sender.send(attempt());
        // SendGrid's 202 says all that there is to say.
        const expected =
          status >= 400 || status === 302 ? ['rejected', 'retry', 'unknown'] : name === 'sendgrid' && status === 202 ? ['accepted'] : ['unknown'];
        t.true(expected.includes(outcome), `${status} ${body}: ${outcome}`);
        const check = await sender.check?.(AbortSignal.timeout(30_000));
        t.is(typeof check?.accepted, 'boolean');
        const asked = sender.resolveAttempt?.({ ...attempt(), startedAt: instant(Date.now()), message: async () => attempt() });
        t.is(
          await asked?.then(
            (resolved) => resolved?.outcome,
            (error: unknown) => ((error as Error).name === 'VendorUnavailable' ? undefined : String(error)),
          ),
          undefined,
        );
      }
    }
  });
}
