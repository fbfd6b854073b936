import test from 'ava';
import twilio from 'twilio';
import { instant } from '../../../domain/shared/instant.ts';
import { TWILIO_SID, TWILIO_TOKEN, twilioCallback } from '../../../tests/vendors/twilio.ts';
import type { CallbackRequest } from '../callbacks.ts';
import { twilioCallbacks } from './callbacks.ts';

const NOW = instant(1_767_225_600_000);
const verifier = twilioCallbacks({ name: 'twilio', authToken: TWILIO_TOKEN }, { clock: () => NOW });
const URL_GIVEN = 'https://tidings.example.org/v1/callbacks/twilio/twilio?delivery=d1&attempt=2';
const INBOUND_URL = 'https://tidings.example.org/v1/callbacks/twilio/twilio';
const SID = `SM${'5'.repeat(32)}`;

const status = (fields: Readonly<Record<string, string>>) =>
  verifier.verify(twilioCallback(URL_GIVEN, { MessageSid: SID, SmsSid: SID, To: '+41791234567', From: '+15017122661', ...fields }));
const one = (verified: ReturnType<typeof verifier.verify>) => ('refused' in verified ? verified : verified[0]);

test('a status tells of the attempt whose address it was called at', (t) => {
  t.deepEqual(status({ MessageStatus: 'delivered', SmsStatus: 'delivered' }), [
    { delivery: 'd1' as never, attempt: 2, vendorId: SID, callback: `${SID}.delivered`, at: NOW, what: 'delivered', to: '+41791234567' },
  ]);
});

test('each status has its fact, and the same status the same id', (t) => {
  const facts = ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'canceled', 'receiving', 'new'].map(
    (MessageStatus) => {
      const found = one(status({ MessageStatus }));
      t.like(found, { callback: `${SID}.${MessageStatus}` });
      return found !== undefined && 'what' in found ? found.what : undefined;
    },
  );
  t.deepEqual(facts, 'accepted accepted accepted accepted accepted delivered delivered undelivered undelivered undelivered other other'.split(' '));
});

test('a failure has Twilio’s reason, and loses the number where nothing reaches it', (t) => {
  t.like(one(status({ MessageStatus: 'undelivered', ErrorCode: '30006' })), { what: 'undelivered', reason: 'number-is-landline', endpointLost: 'hard-bounce' });
  const filtered = one(status({ MessageStatus: 'undelivered', ErrorCode: '30007' }));
  t.like(filtered, { what: 'undelivered', reason: 'filtered' });
  t.false(filtered !== undefined && 'endpointLost' in filtered);
  t.like(one(status({ MessageStatus: 'failed', ErrorCode: '21610' })), { reason: 'recipient-stopped' });
  t.like(one(status({ MessageStatus: 'failed', ErrorCode: '39999' })), { reason: 'twilio-39999' });
  t.like(one(status({ MessageStatus: 'failed' })), { reason: 'failed' });
});

test('words that stop and start come with both numbers and the service, and what else people write says nothing', (t) => {
  const sent = (Body: string, more: Readonly<Record<string, string>> = {}) =>
    one(verifier.verify(twilioCallback(INBOUND_URL, { MessageSid: SID, SmsStatus: 'received', From: '+41791234567', To: '+15017122661', Body, ...more })));
  for (const word of ['STOP', ' stop ', 'Stop.', 'STOPALL']) {
    t.deepEqual(sent(word), { callback: SID, at: NOW, what: 'stop', from: '+41791234567', to: '+15017122661' }, word);
  }
  t.like(sent('START'), { what: 'start' });
  t.deepEqual(sent('stop it please'), { callback: SID, at: NOW, what: 'other', reason: 'inbound', from: '+41791234567', to: '+15017122661' });
  t.like(sent('arrêt', { OptOutType: 'STOP', MessagingServiceSid: `MG${'0'.repeat(32)}` }), { what: 'stop', service: `MG${'0'.repeat(32)}` });
  t.like(sent('help', { OptOutType: 'HELP' }), { what: 'other' });
});

test('one changed character is refused: of the address, of a field, of the signature', (t) => {
  const request = twilioCallback(URL_GIVEN, { MessageSid: SID, MessageStatus: 'delivered' });
  const changed: readonly Partial<CallbackRequest>[] = [
    { url: URL_GIVEN.replace('d1', 'd2') },
    { url: URL_GIVEN.replace('https', 'http') },
    { rawBody: Buffer.from(request.rawBody.toString().replace('delivered', 'undelivered')) },
    { rawBody: Buffer.concat([request.rawBody, Buffer.from('&ErrorCode=1')]) },
    { headers: { ...request.headers, 'x-twilio-signature': `${String(request.headers['x-twilio-signature']).slice(0, -2)}A=` } },
    { headers: {} },
    { headers: { 'x-twilio-signature': '' } },
  ];
  for (const change of changed) t.deepEqual(verifier.verify({ ...request, ...change }), { refused: 'signature-wrong' });
  t.deepEqual(verifier.verify(twilioCallback(URL_GIVEN, { MessageSid: SID, MessageStatus: 'sent' }, 'another token')), { refused: 'signature-wrong' });
  t.deepEqual(verifier.verify(twilioCallback(URL_GIVEN, { Test: 'x' })), { refused: 'message-missing' });
});

test('the signature is Twilio’s own, with and without the port in the address', (t) => {
  for (const url of [
    URL_GIVEN,
    'https://tidings.example.org:8443/v1/callbacks/twilio/twilio?delivery=d1&attempt=1',
    'http://[::1]:3000/v1/callbacks/twilio/twilio-eu?delivery=d1',
    "https://tidings.example.org/it's",
  ]) {
    const request = twilioCallback(url, { MessageSid: SID, MessageStatus: 'sent', Odd: 'ü &=+' });
    const form = Object.fromEntries(new URLSearchParams(request.rawBody.toString()));
    t.true(twilio.validateRequest(TWILIO_TOKEN, String(request.headers['x-twilio-signature']), url, form), url);
    t.false('refused' in verifier.verify(request), url);
  }
  const withPort = URL_GIVEN.replace('example.org', 'example.org:443');
  for (const [signed, seen] of [
    [URL_GIVEN, withPort],
    [withPort, URL_GIVEN],
  ] as const) {
    t.false('refused' in verifier.verify({ ...twilioCallback(signed, { MessageSid: SID, MessageStatus: 'sent', AccountSid: TWILIO_SID }), url: seen }));
  }
});
