import type { ScheduledPostEvent } from '../feed/scheduled/events.ts';
import type { MediaId, PersonId, PostId, ScheduledPostId } from '../shared/ids.ts';
import { at, later, type Samples } from './samples.ts';

const author = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const scheduled = '7d9a1a3e-2f5d-5c38-8a55-0b8e5d1e4c02' as ScheduledPostId;
const media = '1b4e28ba-2fa1-41d2-883f-0016d3cca427' as MediaId;
const post = '01JPB2Z5E7TSV4RRFFQ69G5FAV' as PostId;

export const scheduledPostSamples: Samples<ScheduledPostEvent> = {
  'feed.post-scheduled.v1': { scheduled, author, draft: { text: 'Pi day', visibility: 'friends', media: [{ media, alt: 'A pie.' }] }, publishAt: later },
  'feed.scheduled-post-changed.v1': { scheduled, author, draft: { text: 'Happy pi day' }, publishAt: later },
  'feed.scheduled-post-begun.v1': { scheduled, author, at },
  'feed.scheduled-post-ended.v1': { scheduled, author, post },
  'feed.scheduled-post-cancelled.v1': { scheduled, author },
};
