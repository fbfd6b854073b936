/** The real process with real SDKs, pointed at simulators of their vendors by the file of accounts; and the operator's commands on it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { parsed, runCli, signUp, waitUntil } from '../../cli/test-fixture.ts';
import { startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { startTwilio, TWILIO_SID, TWILIO_TOKEN, type TwilioSimulator } from '../vendors/twilio.ts';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const data = join(folder, 'data');
const [first, second] = [stack.use(await startTwilio()), stack.use(await startTwilio())];
const accountOf = async (name: string, simulator: TwilioSimulator, authToken: string) => {
  await writeFile(join(folder, `${name}.pem`), simulator.ca);
  await writeFile(join(folder, `${name}.token`), `${authToken}\n`);
  const of = { vendor: 'twilio', name, accountSid: TWILIO_SID, authToken: { file: `${name}.token` }, from: '+15005550006' };
  return { ...of, origin: simulator.url, caFile: `${name}.pem` };
};
const accounts = [
  await accountOf('twilio', first, TWILIO_TOKEN),
  await accountOf('twilio-second', second, TWILIO_TOKEN),
  await accountOf('twilio-wrong', second, 'another-token'),
];
await writeFile(join(folder, 'accounts.json'), JSON.stringify(accounts));
const tidings = stack.use(
  await startTidingsProcess(data, {
    TIDINGS_SENDERS: 'twilio',
    TIDINGS_SENDER_ACCOUNTS_FILE: join(folder, 'accounts.json'),
    TIDINGS_PUBLIC_URL: 'https://tidings.example',
  }),
);
test.after.always(() => stack.disposeAsync());

const textsTo = ({ requests }: TwilioSimulator, phone: string) =>
  requests.map(({ body }) => new URLSearchParams(body)).filter((form) => form.get('To') === phone);

test.serial('a code goes by SMS to the first account of the vendor that is on, with the address that it calls back', async (t) => {
  const ann = await signUp(tidings.addresses, 'ann');
  await ann.give('PUT', '/v1/me/contacts/phone', { address: '030 123456', country: 'DE' });
  await waitUntil(() => textsTo(first, '+4930123456').length > 0);
  const [text] = textsTo(first, '+4930123456');
  t.regex(text?.get('Body') ?? '', /\d{8}/);
  t.is(text?.get('From'), '+15005550006');
  t.regex(text?.get('StatusCallback') ?? '', /^https:\/\/tidings\.example\/v1\/callbacks\/twilio\/twilio\?delivery=.+&attempt=1$/);
});

test.serial('the accounts are listed in order of preference, and the outbox serves the channels that no vendor is on for', async (t) => {
  const listed = parsed(await runCli(data, 'senders', 'list', '--json'));
  t.deepEqual(
    listed.map(({ vendor, channel }) => `${vendor as string} ${channel as string}`),
    ['twilio sms', 'twilio-second sms', 'twilio-wrong sms', 'outbox-push push', 'outbox-sms sms', 'outbox-email email'],
  );
  t.true(listed.every(({ pluggedIn, breaker }) => pluggedIn === true && breaker === 'closed'));
  const bob = await signUp(tidings.addresses, 'bob');
  await bob.give('PUT', '/v1/me/contacts/email', { address: 'bob@example.org' });
  const mails = async () => parsed(await runCli(data, 'outbox', 'list', '--json', '--reason', 'a test')).filter(({ channel }) => channel === 'email');
  await waitUntil(async () => (await mails()).length > 0);
  t.is((await mails())[0]?.['to'], 'bob@example.org');
});

test.serial('each account is checked in its vendor’s sandbox, and one that is refused is the exit code', async (t) => {
  const checked = await runCli(data, 'senders', 'check', '--json');
  t.is(checked.code, 1);
  t.deepEqual(
    parsed(checked).map(({ vendor, outcome }) => [vendor, outcome]),
    [
      ['twilio', 'accepted'],
      ['twilio-second', 'accepted'],
      ['twilio-wrong', 'refused'],
    ],
  );
  t.regex(checked.err, /Not taken: twilio-wrong\./);
});

test.serial('an account is plugged out, and a rule set, while the process runs', async (t) => {
  t.is((await runCli(data, 'routing', 'plug-out', 'twilio')).code, 0);
  // What the process knew a moment ago may still hold for a second.
  let tries = 0;
  await waitUntil(async () => {
    const phone = `+49301234${100 + tries++}`;
    const person = await signUp(tidings.addresses, `person-${tries}`);
    await person.give('PUT', '/v1/me/contacts/phone', { address: phone });
    await waitUntil(() => textsTo(first, phone).length + textsTo(second, phone).length > 0);
    return textsTo(second, phone).length > 0;
  });
  t.pass();
  await writeFile(join(folder, 'rules.json'), JSON.stringify([{ channel: 'sms', vendors: [{ vendor: 'twilio-second' }] }]));
  const { code, out } = await runCli(data, 'routing', 'set', join(folder, 'rules.json'));
  t.is(code, 0);
  t.deepEqual(JSON.parse(out.join('\n')), { rules: [{ channel: 'sms', vendors: [{ vendor: 'twilio-second' }] }], pluggedOut: ['twilio'] });
  await writeFile(join(folder, 'rules.json'), JSON.stringify([{ channel: 'sms', vendors: [] }]));
  const refused = await runCli(data, 'routing', 'set', join(folder, 'rules.json'));
  t.is(refused.code, 2);
  t.regex(refused.err, /These rules can’t route deliveries: rule 1: from 1 to 20 vendors/);
});
