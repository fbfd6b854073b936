import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import type { LogFacts } from './dependencies.ts';

/**
 * Reads of a channel for a member; undefined for anybody else, who is answered alike whether there is a channel or not. Membership is
 * asked again behind the read: a member who was removed meanwhile is not shown what was said after that.
 */
export async function readAsMember<Found>(
  { isMember }: Pick<LogFacts, 'isMember'>,
  { person, channel }: { readonly person: PersonId; readonly channel: ChannelId },
  read: () => Promise<Found>,
): Promise<Found | undefined> {
  if (!(await isMember(person, channel))) return undefined;
  const found = await read();
  return (await isMember(person, channel)) ? found : undefined;
}
