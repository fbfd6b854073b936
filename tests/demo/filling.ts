/** What the parts of the filling share: the running Tidings, the people who are there already, and how requests are made. */
import type { ControlClient } from '../../cli/control-client.ts';
import { sendMedium } from '../../cli/import/send-medium.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { callApi, type RequestOptions } from '../client/call-api.ts';
import { photoOf } from './drawing/draw.ts';
import type { Progress } from './progress.ts';
import { sceneOf, type Picture } from './drawing/scenes.ts';

/** Under which importers know it. */
export const SOURCE = 'demo';
const AT_ONCE_MAX = 8;

export type Target = {
  readonly client: ControlClient;
  /** One address for both APIs: the front's. */
  readonly front: string;
  readonly adminToken: string;
};
export type Person = { readonly id: PersonId; readonly token: string };
export type Filling = Target & {
  readonly seed: number;
  readonly nowMs: number;
  readonly progress: Progress;
  /** By their place in the cast. */
  readonly people: readonly Person[];
};

export class FillingFailed extends Error {
  override readonly name = 'FillingFailed';
}

export const agoIn = ({ nowMs }: Pick<Filling, 'nowMs'>, agoMs: number): Instant => instant(nowMs - agoMs);

export const personAt = ({ people }: Pick<Filling, 'people'>, place: number): Person => {
  const person = people[place];
  if (person === undefined) throw new RangeError(`Nobody has the place ${place}.`);
  return person;
};

export type Called = RequestOptions & {
  readonly as?: Person;
  /** Names the command, so that it can be given again; the seed is added. */
  readonly name?: string;
  /** Refusals after which everything is as it should be. */
  readonly unless?: readonly string[];
};

/** Throws `FillingFailed` with what was refused. */
export async function call(
  target: Pick<Filling, 'front' | 'seed'>,
  path: string,
  { as, name, unless = [], ...options }: Called,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await callApi(() => Promise.resolve(target.front), path, {
    ...(name !== undefined && { key: `demo-${target.seed}-${name}` }),
    ...options,
    ...(as !== undefined && { headers: { authorization: `Bearer ${as.token}` } }),
  });
  if (status >= 400 && !unless.includes(String(body['code'])))
    throw new FillingFailed(`${options.method ?? 'GET'} ${path} was refused: ${JSON.stringify(body)}`);
  return body;
}

/** Some at once, in any order. */
export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE_MAX }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** Throws `FillingFailed` where it was refused. */
export async function sendPicture(
  { client }: Pick<Filling, 'client'>,
  person: PersonId,
  { key, drawing }: { readonly key: string; readonly drawing: string },
): Promise<void> {
  const refusal = await sendMedium({ client, person, source: SOURCE }, key, await photoOf(drawing));
  if (refusal !== undefined) throw new FillingFailed(`The picture ${key} was refused: ${refusal.says}`);
}

export const sendScene = (filling: Pick<Filling, 'client'>, person: PersonId, { key, scene, seed }: Picture): Promise<void> =>
  sendPicture(filling, person, { key, drawing: sceneOf(scene, seed) });
