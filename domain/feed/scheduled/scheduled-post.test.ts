import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { PersonId, PostId, ScheduledPostId } from '../../shared/ids.ts';
import { DAY_MS, instant, plus } from '../../shared/instant.ts';
import type { ScheduledPostEvent } from './events.ts';
import { PUBLISH_AHEAD_MAX_DAYS, scheduledPost } from './scheduled-post.ts';

const scheduled = 's' as ScheduledPostId;
const [author, bob] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const at = instant(Date.UTC(2030, 0, 1));
const publishAt = plus(at, DAY_MS);
const draft = { text: 'Happy new year' };
const schedule = { type: 'schedule', scheduled, author, draft, publishAt, at } as const;
const was: ScheduledPostEvent = { type: 'feed.post-scheduled.v1', data: { scheduled, author, draft, publishAt } };
const begun: ScheduledPostEvent = { type: 'feed.scheduled-post-begun.v1', data: { scheduled, author, at: publishAt } };
const ended: ScheduledPostEvent = { type: 'feed.scheduled-post-ended.v1', data: { scheduled, author, post: 'p' as PostId } };
const failed: ScheduledPostEvent = { type: 'feed.scheduled-post-ended.v1', data: { scheduled, author, refusal: 'post-unknown' } };
const cancelled: ScheduledPostEvent = { type: 'feed.scheduled-post-cancelled.v1', data: { scheduled, author } };

test('a post is scheduled for a time to come, at most a year ahead, and once', (t) => {
  given(scheduledPost).when(schedule).then(t, was);
  given(scheduledPost, was).when(schedule).then(t);
  const latest = plus(at, PUBLISH_AHEAD_MAX_DAYS * DAY_MS);
  given(scheduledPost)
    .when({ ...schedule, publishAt: latest })
    .then(t, { type: was.type, data: { scheduled, author, draft, publishAt: latest } });
  for (const time of [at, plus(at, -1), plus(latest, 1)])
    given(scheduledPost)
      .when({ ...schedule, publishAt: time })
      .thenRefused(t, 'publish-at-out-of-range', { days: PUBLISH_AHEAD_MAX_DAYS });
});

test('what would be refused now is refused when it is scheduled and when it is changed', (t) => {
  const fault = { code: 'post-empty' } as const;
  given(scheduledPost)
    .when({ ...schedule, fault })
    .thenRefused(t, 'post-empty');
  given(scheduledPost, was)
    .when({ ...schedule, type: 'change', fault })
    .thenRefused(t, 'post-empty');
});

test('its author changes and cancels it until it is begun, and nobody else learns of it', (t) => {
  const change = { ...schedule, type: 'change', publishAt: plus(publishAt, 1) } as const;
  given(scheduledPost, was)
    .when(change)
    .then(t, { type: 'feed.scheduled-post-changed.v1', data: { scheduled, author, draft, publishAt: change.publishAt } });
  given(scheduledPost, was).when({ type: 'cancel', scheduled, author }).then(t, cancelled);
  given(scheduledPost, was, cancelled).when({ type: 'cancel', scheduled, author }).then(t);
  given(scheduledPost, was, cancelled).when(change).thenRefused(t, 'scheduled-post-unknown');
  for (const events of [
    [was, begun],
    [was, begun, ended],
  ]) {
    given(scheduledPost, ...events)
      .when(change)
      .thenRefused(t, 'scheduled-post-begun');
    given(scheduledPost, ...events)
      .when({ type: 'cancel', scheduled, author })
      .thenRefused(t, 'scheduled-post-begun');
  }
  for (const command of [{ ...change, author: bob }, { type: 'cancel', scheduled, author: bob } as const])
    given(scheduledPost, was).when(command).thenRefused(t, 'scheduled-post-unknown');
});

test('it is begun when its time has come, and ended once', (t) => {
  given(scheduledPost, was).when({ type: 'begin', scheduled, at }).then(t);
  given(scheduledPost, was).when({ type: 'begin', scheduled, at: publishAt }).then(t, begun);
  for (const events of [[], [was, begun], [was, cancelled], [was, begun, ended]])
    given(scheduledPost, ...events)
      .when({ type: 'begin', scheduled, at: publishAt })
      .then(t);
  const end = { type: 'end', scheduled, became: { post: 'p' as PostId } } as const;
  given(scheduledPost, was, begun).when(end).then(t, ended);
  for (const events of [[was], [was, begun, ended]])
    given(scheduledPost, ...events)
      .when(end)
      .then(t);
});

test('one that was refused is taken away by its author', (t) => {
  given(scheduledPost, was, begun)
    .when({ type: 'end', scheduled, became: { refusal: 'post-unknown' } })
    .then(t, failed);
  given(scheduledPost, was, begun, failed).when({ type: 'cancel', scheduled, author }).then(t, cancelled);
});
