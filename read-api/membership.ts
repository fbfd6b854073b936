import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import type { TidingsViews } from '../projections/query/tidings-views.ts';
import { inboxId } from '../projections/read-models/inbox.ts';

export const isMember = async (views: Pick<TidingsViews, 'get'>, person: PersonId, channel: ChannelId): Promise<boolean> =>
  (await views.get('inbox', inboxId(person, channel)))?.member === true;
