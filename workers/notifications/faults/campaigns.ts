/** For tests of notifications to lists, in the test's process and in one that it kills. */
import type { ListId, PersonId } from '../../../domain/shared/ids.ts';
import type { startDeliveriesForTest } from '../test-fixture.ts';

const MEMBERS_IN_CHANGE = 2_000;

/** Somebody who never signed up: of a list with them, each gets one delivery, that is suppressed. */
export const memberNumbered = (n: number): PersonId => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as PersonId;

export type CampaignsFixture = Pick<Awaited<ReturnType<typeof startDeliveriesForTest>>, 'work' | 'app'>;

export async function listOf({ work, app }: CampaignsFixture, members: readonly PersonId[]): Promise<ListId> {
  const { id } = await work.commands.createList({ app, name: 'Crew' }, work.by(`app:${app}`));
  for (let at = 0; at < members.length; at += MEMBERS_IN_CHANGE) {
    await work.commands.changeList({ app, list: id, add: members.slice(at, at + MEMBERS_IN_CHANGE), remove: [] }, work.by(`app:${app}`));
  }
  return id;
}
