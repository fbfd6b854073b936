/**
 * A mixed load: people post, reply, like, edit, delete, chat and read while an app notifies them, all at once, each of them one step
 * after the other. The steps follow from the seed. A request without an answer is repeated under the same key.
 */
import type { ActionContext } from './action-context.ts';
import { deriveKey, type Person } from '../actors.ts';
import { requestNotifications, type AppLoadConfig } from './app-load.ts';
import { changeMessage, markRead, react, sendMessages } from './chat-actions.ts';
import { comeOrGo } from './membership-actions.ts';
import { sendFile } from './file-actions.ts';
import type { ConnectedDevices } from '../devices/connected-devices.ts';
import { deletePost, editPost, like, publishPost, publishReply, unlike } from './feed-actions.ts';
import { createRandom } from './random.ts';
import type { Scenario } from '../scenario.ts';

export type LoadConfig = AppLoadConfig & { readonly stepsEach: number };

export async function runLoad(scenario: Scenario, devices: ConnectedDevices, config: LoadConfig): Promise<void> {
  const people = scenario.actors.people.map((person) => runPersonLoad(scenario, devices, config, person));
  await Promise.all([...people, requestNotifications(scenario, config)]);
}

const ACTION_WEIGHTS = {
  publishPost: 14,
  publishReply: 8,
  editPost: 6,
  deletePost: 4,
  like: 14,
  unlike: 4,
  sendMessages: 32,
  changeMessage: 10,
  react: 8,
  markRead: 8,
  comeOrGo: 6,
  sendFile: 3,
} as const;
const ACTIONS: { readonly [Name in keyof typeof ACTION_WEIGHTS]: (context: ActionContext) => Promise<void> } = {
  publishPost,
  publishReply,
  editPost,
  deletePost,
  like,
  unlike,
  sendMessages,
  changeMessage,
  react,
  markRead,
  comeOrGo,
  sendFile,
};

async function runPersonLoad(scenario: Scenario, devices: ConnectedDevices, { seed, name, stepsEach }: LoadConfig, person: Person): Promise<void> {
  const random = createRandom(seed * 1_000 + person.number);
  const own = devices.all.filter(({ owner }) => owner === person);
  for (let step = 0; step < stepsEach; step++) {
    const device = own.length === 0 ? undefined : random.pick(own);
    const key = deriveKey(scenario.actors.run, `${name} ${person.number} ${step}`);
    await ACTIONS[random.pickWeighted(ACTION_WEIGHTS)]({ ...scenario, person, random, key, device });
  }
}
