/** Messages with a file. The files are uploaded before the load begins: to prepare one whose process was killed takes minutes. */
import { setTimeout as delay } from 'node:timers/promises';
import { Upload } from 'tus-js-client';
import { expectStatus } from '../../client/expectations.ts';
import { recordChannelEvent } from '../acknowledged.ts';
import { authorizationOf, DONE, type Actors, type Person } from '../actors.ts';
import { callReadApi, callWriteApi, waitUntil, type SystemUnderTest } from '../system-under-test.ts';
import { makeText, type ActionContext } from './action-context.ts';
import { pickOwnChannel } from './chat-actions.ts';

const FILES_EACH = 3;
const UPLOAD_TRIES_MAX = 20;

/** By the person's id. */
export async function uploadFiles(system: SystemUnderTest, { people }: Actors): Promise<ReadonlyMap<string, readonly string[]>> {
  const uploaded = await Promise.all(
    people.map(async (person) => {
      const files: string[] = [];
      for (let n = 0; n < FILES_EACH; n++) files.push(await upload(system, person, Buffer.from(`file ${n} of ${person.name}\n`)));
      return [person.id, files] as const;
    }),
  );
  return new Map(uploaded);
}

/** Each file is sent once. */
export async function sendFile(context: ActionContext): Promise<void> {
  const { system, person, key, acknowledged, files } = context;
  const events = [...acknowledged.channelEvents.values()].flatMap((inChannel) => [...inChannel.values()]);
  const sent = events.filter((event) => event.kind === 'send' && event.sender === person.id && event.files !== undefined).length;
  const media = files?.get(person.id)?.[sent];
  if (media === undefined) return;
  const channel = pickOwnChannel(context);
  const text = makeText(context);
  const request = { headers: authorizationOf(person), key, body: { text, media: [{ media, name: 'file.txt' }] } };
  const response = expectStatus(DONE, await callWriteApi(system, `/v1/channels/${channel.id}/messages`, { method: 'POST', ...request }));
  const at = { channel: channel.id, seq: Number(response.body['seq']) };
  recordChannelEvent(acknowledged, at, { kind: 'send', sender: person.id, clientId: key, text, files: 1 });
}

async function upload(system: SystemUnderTest, person: Person, bytes: Buffer): Promise<string> {
  let media: string | undefined;
  for (let tries = 1; media === undefined; tries++) {
    try {
      media = await uploadOnce((await system.addresses()).write, person, bytes);
    } catch (error) {
      if (tries === UPLOAD_TRIES_MAX) throw error;
      await delay(500);
    }
  }
  const path = `/v1/me/media/${media}`;
  await waitUntil(`${path} is ready`, async () => (await callReadApi(system, path, { headers: authorizationOf(person) })).body['status'] === 'ready');
  return media;
}

const uploadOnce = (write: string, person: Person, bytes: Buffer): Promise<string> =>
  new Promise((done, fail) => {
    const uploading: Upload = new Upload(bytes, {
      endpoint: `${write}/v1/me/uploads`,
      headers: authorizationOf(person),
      metadata: { as: 'file', filetype: 'text/plain' },
      retryDelays: null,
      onSuccess: () => done(uploading.url?.split('/').at(-1) ?? ''),
      onError: fail,
    });
    uploading.start();
  });
