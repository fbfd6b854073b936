import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../shared/ids.ts';
import { DAY_MS, MINUTE_MS, instant, plus } from '../../shared/instant.ts';
import type { ScheduledMessageEvent } from './events.ts';
import { scheduledMessage, DRAFT_KEPT_MS, SEND_AHEAD_MAX_DAYS } from './scheduled-message.ts';

const scheduled = 's' as ScheduledMessageId;
const [ann, bob] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const [channel, elsewhere] = ['room', 'hall'] as unknown as readonly [ChannelId, ChannelId];
const at = instant(Date.UTC(2030, 0, 1));
const sendAt = plus(at, DAY_MS);
const of = { scheduled, channel, sender: ann };
const draft = { text: 'Happy new year' };
const schedule = { type: 'schedule', ...of, draft, sendAt, at } as const;
const was: ScheduledMessageEvent = { type: 'chat.message-scheduled.v1', data: { ...of, draft, sendAt } };
const begun: ScheduledMessageEvent = { type: 'chat.scheduled-message-begun.v1', data: { ...of, at: sendAt } };
const ended: ScheduledMessageEvent = { type: 'chat.scheduled-message-ended.v1', data: { ...of, message: 7 } };
const failed: ScheduledMessageEvent = { type: 'chat.scheduled-message-ended.v1', data: { ...of, refusal: 'channel-unknown' } };
const cancelled: ScheduledMessageEvent = { type: 'chat.scheduled-message-cancelled.v1', data: of };

test('a message is scheduled for a time to come, at most a year ahead, and once', (t) => {
  given(scheduledMessage).when(schedule).then(t, was);
  given(scheduledMessage, was).when(schedule).then(t);
  const latest = plus(at, SEND_AHEAD_MAX_DAYS * DAY_MS);
  for (const time of [at, plus(at, -1), plus(latest, 1)])
    given(scheduledMessage)
      .when({ ...schedule, sendAt: time })
      .thenRefused(t, 'message-send-at-out-of-range', { days: SEND_AHEAD_MAX_DAYS });
  given(scheduledMessage)
    .when({ ...schedule, fault: { code: 'message-empty' } })
    .thenRefused(t, 'message-empty');
});

test('what is scheduled where it disappears has an end of its own, later than that of the message', (t) => {
  const expiresAt = plus(sendAt, MINUTE_MS + DRAFT_KEPT_MS);
  given(scheduledMessage)
    .when({ ...schedule, timeToLiveSeconds: 60 })
    .then(t, { type: 'chat.message-scheduled.v1', data: { ...of, draft, sendAt, expiresAt } });
});

test('its sender changes and cancels it until it is begun, in its channel, and nobody else learns of it', (t) => {
  const change = { ...schedule, type: 'change', sendAt: plus(sendAt, 1) } as const;
  const cancel = { type: 'cancel', ...of } as const;
  given(scheduledMessage, was)
    .when(change)
    .then(t, { type: 'chat.scheduled-message-changed.v1', data: { ...of, draft, sendAt: change.sendAt } });
  given(scheduledMessage, was).when(cancel).then(t, cancelled);
  given(scheduledMessage, was, cancelled).when(cancel).then(t);
  given(scheduledMessage, was, cancelled).when(change).thenRefused(t, 'scheduled-message-unknown');
  for (const events of [
    [was, begun],
    [was, begun, ended],
  ])
    for (const command of [change, cancel])
      given(scheduledMessage, ...events)
        .when(command)
        .thenRefused(t, 'scheduled-message-begun');
  for (const command of [
    { ...change, sender: bob },
    { ...cancel, sender: bob },
    { ...change, channel: elsewhere },
    { ...cancel, channel: elsewhere },
  ])
    given(scheduledMessage, was).when(command).thenRefused(t, 'scheduled-message-unknown');
});

test('it is begun when its time has come, and ended once; one that was refused is taken away by its sender', (t) => {
  given(scheduledMessage, was).when({ type: 'begin', scheduled, at }).then(t);
  given(scheduledMessage, was).when({ type: 'begin', scheduled, at: sendAt }).then(t, begun);
  for (const events of [[], [was, begun], [was, cancelled], [was, begun, ended]])
    given(scheduledMessage, ...events)
      .when({ type: 'begin', scheduled, at: sendAt })
      .then(t);
  const end = { type: 'end', scheduled, became: { message: 7 } } as const;
  given(scheduledMessage, was, begun).when(end).then(t, ended);
  for (const events of [[was], [was, begun, ended]])
    given(scheduledMessage, ...events)
      .when(end)
      .then(t);
  given(scheduledMessage, was, begun, failed)
    .when({ type: 'cancel', ...of })
    .then(t, cancelled);
});
