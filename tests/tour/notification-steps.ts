/** An app notifies a person by push and email, until the person opts out. */
import { expectStatus, listOf } from '../client/expectations.ts';
import { signRequest, type AppCredentials } from '../client/sign-request.ts';
import { authorizationOf, DONE, waitUntil, type TourContext } from './tour-context.ts';

export async function notifyThroughApp(context: TourContext): Promise<void> {
  const { people, step, write, read, keyFor, adminToken } = context;
  const { bob } = people;
  const app = await step('The operator registers the app Ferry, and Bob enrols with it', async () => {
    const headers = { authorization: `Bearer ${adminToken}` };
    const { body } = expectStatus([201], await write('/v1/apps', { key: keyFor('app'), headers, body: { name: 'Ferry' } }));
    const id = String(body['id']);
    expectStatus(DONE, await write(`/v1/me/apps/${id}`, { method: 'PUT', key: keyFor('enrol'), headers: authorizationOf(bob) }));
    return { id, secret: String(body['secret']) };
  });
  const deliveriesOf = async (notification: string) => {
    const path = `/v1/notifications/${notification}`;
    return listOf(await read(path, { headers: () => signRequest(app, 'GET', path) }), 'deliveries');
  };

  await step('Ferry notifies Bob: a push and an email are in the outbox, and it stands in his notification centre', async () => {
    const notification = await requestNotification(context, app, 'notify');
    await waitUntil('the vendors have accepted both, and the centre has it', async () => {
      const statuses = (await deliveriesOf(notification)).map(({ channel, status }) => `${String(channel)} ${String(status)}`);
      return statuses.toSorted().join() === 'email accepted,in-app delivered,push accepted';
    });
  });

  await step('Bob opts out of departures; the next notification is suppressed and says why', async () => {
    const body = { choices: [{ category: 'departures', channel: '*', wanted: false }] };
    expectStatus(DONE, await write('/v1/me/preferences', { method: 'PUT', key: keyFor('opt-out'), headers: authorizationOf(bob), body }));
    const notification = await requestNotification(context, app, 'notify-again');
    await waitUntil('all its deliveries were suppressed', async () => {
      const deliveries = await deliveriesOf(notification);
      return deliveries.length === 3 && deliveries.every((delivery) => delivery['status'] === 'suppressed' && delivery['reason'] === 'opted-out');
    });
  });
}

/** Returns the notification's id. */
async function requestNotification({ people: { bob }, write, keyFor }: TourContext, app: AppCredentials, name: string): Promise<string> {
  const path = '/v1/notifications';
  const request = {
    key: keyFor(name),
    body: { recipients: [bob.id], category: 'departures', channels: ['push', 'email', 'in-app'], content: { title: 'Ferry', body: 'Boarding at gate 3.' } },
  };
  return String(expectStatus([201], await write(path, { headers: () => signRequest(app, 'POST', path, request), ...request })).body['id']);
}
