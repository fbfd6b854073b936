/** What the app requests during a load. */
import { expectStatus } from '../../client/expectations.ts';
import { signRequest } from '../../client/sign-request.ts';
import { recordNotification } from '../acknowledged.ts';
import { deriveKey, DONE } from '../actors.ts';
import { createRandom } from './random.ts';
import type { Scenario } from '../scenario.ts';
import { callWriteApi } from '../system-under-test.ts';

export type AppLoadConfig = {
  readonly seed: number;
  /** Distinguishes the keys of one load from those of another with the same actors. */
  readonly name: string;
  readonly notifications: number;
};

const SCHEDULED_AHEAD_MS = 60 * 60 * 1_000;

/** Notifies some people or all; scheduled notifications are cancelled at once. */
export async function requestNotifications({ system, actors, acknowledged }: Scenario, { seed, name, notifications }: AppLoadConfig): Promise<void> {
  const random = createRandom(seed * 1_000 + 999);
  const post = async (path: string, key: string, body?: object) => {
    const headers = () => signRequest(actors.app, 'POST', path, { body, key });
    return expectStatus(DONE, await callWriteApi(system, path, { method: 'POST', headers, key, body }));
  };
  for (let n = 0; n < notifications; n++) {
    const key = deriveKey(actors.run, `${name} app ${n}`);
    const recipients = random.below(4) === 0 ? actors.people : actors.people.filter(() => random.below(3) === 0);
    if (recipients.length === 0) continue;
    const category = random.pick(['news', 'offers']);
    const channels = random.pick([['push', 'in-app'], ['email'], ['push', 'email', 'in-app']] as const);
    const isScheduled = random.below(6) === 0;
    const body = {
      recipients: recipients.map(({ id }) => id),
      category,
      channels,
      content: { title: `Number ${n}`, body: `Of ${name}` },
      ...(isScheduled ? { sendAt: new Date(Date.now() + SCHEDULED_AHEAD_MS).toISOString() } : {}),
    };
    const id = String((await post('/v1/notifications', key, body)).body['id']);
    const recorded = { id, recipients: body.recipients, category, channels, isCancelled: false };
    recordNotification(acknowledged, recorded);
    if (!isScheduled) continue;
    await post(`/v1/notifications/${id}/cancel`, `${key}-cancel`);
    acknowledged.count++;
    recorded.isCancelled = true;
  }
}
