/** Whom the person follows, mutes and blocks. */
import type { components } from '../../client/http/generated/read-api.ts';
import { session } from '../app/session.ts';
import { inTurn } from '../parts/in-turn.ts';

export type Person = components['schemas']['Person'];
export type RelationKind = 'follow' | 'mute' | 'block';

const PATHS = { follow: '/v1/me/follows/{person}', mute: '/v1/me/mutes/{person}', block: '/v1/me/blocks/{person}' } as const;

/** Throws where it is refused. */
export async function setRelation(kind: RelationKind, person: string, isSet: boolean): Promise<void> {
  const write = session.value?.tidings.write;
  const options = { params: { path: { person } } };
  await inTurn(`${kind}/${person}`, async () => (isSet ? write?.PUT(PATHS[kind], options) : write?.DELETE(PATHS[kind], options)));
}
