import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../../tests/start-for-test.ts';
import { configFrom } from '../config.ts';
import { ConfigFaults } from '../read-settings.ts';

const TWILIO = {
  TIDINGS_TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TIDINGS_TWILIO_AUTH_TOKEN: 'a-token',
  TIDINGS_TWILIO_FROM: '+15005550006',
};
const TWILIO_ACCOUNT = { name: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token', from: '+15005550006' };

const sendersOf = (settings: Readonly<Record<string, string>>) => configFrom(settings).senders;
const faultsOf = (settings: Readonly<Record<string, string>>): readonly string[] => {
  try {
    configFrom(settings);
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults;
    throw error;
  }
  return [];
};

async function folderWith(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  return { path: (name: string) => join(folder.path, name), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('without settings no vendor is on, and naming the outbox changes nothing', (t) => {
  t.like(sendersOf({}), { vendors: [], accounts: [] });
  t.like(sendersOf({ TIDINGS_SENDERS: 'outbox' }), { vendors: [], accounts: [] });
});

test('the first account of a vendor comes from settings, and of a vendor that is off none', (t) => {
  t.like(sendersOf({ TIDINGS_SENDERS: 'twilio,twilio', ...TWILIO }), { vendors: ['twilio'], accounts: [{ vendor: 'twilio', account: TWILIO_ACCOUNT }] });
  t.like(sendersOf(TWILIO), { vendors: [], accounts: [] });
});

test('a vendor that is on needs all of an account, and what is given is checked also while it is off', (t) => {
  t.deepEqual(faultsOf({ TIDINGS_SENDERS: 'pushy,carrier-pigeon' }), [
    'TIDINGS_SENDERS: expected some of outbox, fcm, apns, web-push, jpush, pushy, twilio, vonage, sendgrid, mailchimp, got "pushy,carrier-pigeon"',
  ]);
  t.deepEqual(faultsOf({ TIDINGS_SENDERS: 'pushy,jpush', TIDINGS_JPUSH_APP_KEY: 'key' }), [
    'TIDINGS_JPUSH_MASTER_SECRET: expected the master secret of JPush, got nothing',
    'TIDINGS_PUSHY_API_KEY: expected the secret API key of Pushy, got nothing',
  ]);
  t.deepEqual(faultsOf({ ...TWILIO, TIDINGS_TWILIO_FROM: '5005550006', TIDINGS_TWILIO_AUTH_TOKEN: 'two words' }), [
    'TIDINGS_TWILIO_AUTH_TOKEN: expected the auth token of the account, got something else',
    'TIDINGS_TWILIO_FROM: expected a number such as +15005550006, or the SID of a messaging service, got "5005550006"',
  ]);
});

test('secrets of one line and of many come from files', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const credentials = { project_id: 'tidings', client_email: 'a@b.example', private_key: String(rsa) };
  await using files = await folderWith({ key, credentials: JSON.stringify({ type: 'service_account', ...credentials }, null, 2), token: 'a-token\nanother\n' });
  const { TIDINGS_TWILIO_AUTH_TOKEN: _, ...rest } = TWILIO;
  const { accounts } = sendersOf({
    TIDINGS_SENDERS: 'apns,fcm,twilio',
    TIDINGS_APNS_KEY_FILE: files.path('key'),
    TIDINGS_APNS_TEAM_ID: 'TEAM123456',
    TIDINGS_APNS_KEY_ID: 'KEY1234567',
    TIDINGS_APNS_TOPIC: 'org.example.app',
    TIDINGS_APNS_SANDBOX: 'on',
    TIDINGS_FCM_CREDENTIALS_FILE: files.path('credentials'),
    ...rest,
    TIDINGS_TWILIO_AUTH_TOKEN_FILE: files.path('token'),
  });
  t.deepEqual(
    accounts.map(({ account }): unknown => account),
    [{ name: 'apns', key, teamId: 'TEAM123456', keyId: 'KEY1234567', topic: 'org.example.app', isSandbox: true }, { name: 'fcm', credentials }, TWILIO_ACCOUNT],
  );
});

test('a file that can’t be read is one fault, and not a missing secret as well', (t) => {
  const { TIDINGS_TWILIO_AUTH_TOKEN: _, ...rest } = TWILIO;
  const faults = faultsOf({ TIDINGS_SENDERS: 'twilio,pushy', ...rest, TIDINGS_TWILIO_AUTH_TOKEN_FILE: '/nowhere', TIDINGS_SENDER_ACCOUNTS_FILE: '/nowhere' });
  t.deepEqual(
    faults.map((fault) => fault.split(':', 1)[0]),
    ['TIDINGS_TWILIO_AUTH_TOKEN_FILE', 'TIDINGS_SENDER_ACCOUNTS_FILE'],
  );
});

test('several accounts of a vendor come from a file, in its order and behind the one of the settings', async (t) => {
  const { TIDINGS_TWILIO_ACCOUNT_SID: accountSid } = TWILIO;
  await using files = await folderWith({
    token: 'of-a-file\n',
    'ca.pem': 'lines\nof a certificate\n',
    list: JSON.stringify([
      { vendor: 'twilio', name: 'twilio-eu', accountSid, authToken: { file: 'token' }, from: `MG${'1'.repeat(32)}`, perSecond: 30 },
      { vendor: 'sendgrid', name: 'sendgrid', apiKey: 'SG.key', from: 'news@example.org', origin: 'https://127.0.0.1:4430', caFile: 'ca.pem' },
      { vendor: 'twilio', name: 'twilio-us', accountSid, authToken: 'inline', from: '+15005550006', segmentsPerSecond: 10 },
    ]),
  });
  const { accounts } = sendersOf({ TIDINGS_SENDERS: 'sendgrid,twilio', TIDINGS_SENDER_ACCOUNTS_FILE: files.path('list'), ...TWILIO });
  t.deepEqual(accounts, [
    {
      vendor: 'sendgrid',
      account: { name: 'sendgrid', apiKey: 'SG.key', from: 'news@example.org' },
      connect: { origin: 'https://127.0.0.1:4430', ca: 'lines\nof a certificate\n' },
    },
    { vendor: 'twilio', account: TWILIO_ACCOUNT },
    { vendor: 'twilio', account: { name: 'twilio-eu', accountSid, authToken: 'of-a-file', from: `MG${'1'.repeat(32)}` }, perSecond: 30 },
    { vendor: 'twilio', account: { name: 'twilio-us', accountSid, authToken: 'inline', from: '+15005550006' }, segmentsPerSecond: 10 },
  ]);
});

test('all faults of a file of accounts are told together, with their places and without its secrets', async (t) => {
  await using files = await folderWith({
    list: JSON.stringify([
      { vendor: 'pushy', name: 'eu', apiKey: 'a secret', colour: 'red' },
      { vendor: 'pager', name: 'pager' },
      'an account',
      { vendor: 'pushy', name: 'pushy', apiKey: { file: 'gone' } },
      { vendor: 'jpush', name: 'jpush', appKey: 'k', masterSecret: 's', origin: 'http://127.0.0.1/path', perSecond: 0 },
      { vendor: 'jpush', name: 'jpush-2', appKey: 'k', masterSecret: 's' },
      { vendor: 'jpush', name: 'jpush-2', appKey: 'k', masterSecret: 's' },
    ]),
  });
  const faults = faultsOf({ TIDINGS_SENDERS: 'pushy', TIDINGS_SENDER_ACCOUNTS_FILE: files.path('list') });
  const told = faults.join('\n');
  t.true(faults.every((fault) => fault.startsWith('TIDINGS_SENDER_ACCOUNTS_FILE: expected ')));
  for (const place of [
    '[0].name',
    '[0].apiKey',
    '[1].vendor',
    'an account at [2]',
    '[3].apiKey',
    '[4].origin',
    '[4].perSecond',
    'named "jpush-2"',
    'no colour',
  ])
    t.true(told.includes(place), `${place} in ${told}`);
  t.false(told.includes('a secret'));
});

test('an account is named once, by the settings or in the file', async (t) => {
  const entry = { vendor: 'twilio', name: 'twilio', accountSid: TWILIO.TIDINGS_TWILIO_ACCOUNT_SID, authToken: 'x', from: '+15005550006' };
  await using files = await folderWith({ list: JSON.stringify([entry]) });
  const TIDINGS_SENDER_ACCOUNTS_FILE = files.path('list');
  t.regex(String(faultsOf({ ...TWILIO, TIDINGS_SENDER_ACCOUNTS_FILE })), /expected no account named twilio beside the settings of twilio/);
  t.is(sendersOf({ TIDINGS_SENDERS: 'twilio', TIDINGS_SENDER_ACCOUNTS_FILE }).accounts.length, 1);
});
