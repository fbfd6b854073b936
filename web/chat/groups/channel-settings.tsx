/** Of which messages of a channel the person is told, and how long messages stay. */
import { failureText } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { act, inChannel } from '../acting.ts';
import { durationText } from '../history/notice-text.ts';
import { inbox, readSoon, type InboxRow } from '../inbox.ts';
import type { ChannelFacts, Opened } from '../open-channel.ts';
import { momentText } from '../times.ts';

const LEVELS = ['all', 'mentions', 'none'] as const;
const HOUR_MS = 3_600_000;
const MUTES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
type Mute = keyof typeof MUTES | 'on' | 'off';

export function Told({ channel, row }: { readonly channel: string; readonly row: InboxRow | undefined }) {
  const show = (changed: Partial<InboxRow>) => {
    inbox.value = inbox.value?.map((one) => (one.channel === channel ? { ...one, ...changed } : one));
    readSoon();
  };
  const mute = async (choice: Mute) => {
    if (choice === 'off') {
      if ((await act((write) => write.DELETE('/v1/channels/{channel}/mute', inChannel(channel)))) !== undefined) show({ muted: false, mutedUntil: null });
      return;
    }
    const until = choice === 'on' ? undefined : new Date(Date.now() + MUTES[choice]).toISOString();
    const body = until === undefined ? {} : { until };
    if ((await act((write) => write.PUT('/v1/channels/{channel}/mute', { ...inChannel(channel), body }))) !== undefined)
      show({ muted: true, mutedUntil: until ?? null });
  };
  const setLevel = async (level: (typeof LEVELS)[number]) => {
    if ((await act((write) => write.PUT('/v1/channels/{channel}/level', { ...inChannel(channel), body: { level } }))) !== undefined) show({ level });
  };
  return (
    <section class="form">
      <label>
        {t('chat.level')}
        <select value={row?.level ?? 'all'} onChange={({ currentTarget }) => void setLevel(LEVELS.find((one) => one === currentTarget.value) ?? 'all')}>
          {LEVELS.map((one) => (
            <option value={one} key={one}>
              {t(`chat.level-${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('chat.mute')}
        <select value={row?.muted === true ? 'kept' : 'off'} onChange={({ currentTarget }) => void mute(currentTarget.value as Mute)}>
          {row?.muted === true && (
            <option value="kept" disabled>
              {row.mutedUntil === null ? t('chat.muted') : t('chat.mutedUntil', { time: momentText(row.mutedUntil) })}
            </option>
          )}
          <option value="off">{t('chat.muteOff')}</option>
          <option value="hour">{t('chat.muteHour')}</option>
          <option value="day">{t('chat.muteDay')}</option>
          <option value="week">{t('chat.muteWeek')}</option>
          <option value="on">{t('chat.muteOn')}</option>
        </select>
      </label>
    </section>
  );
}

const DAY_SECONDS = 86_400;
const DURATIONS = [3_600, DAY_SECONDS, 7 * DAY_SECONDS, 30 * DAY_SECONDS];

export function Disappearing({ facts, opened }: { readonly facts: ChannelFacts; readonly opened: Opened }) {
  const now = facts.disappearAfterSeconds;
  const durations = now === null || DURATIONS.includes(now) ? DURATIONS : [...DURATIONS, now].toSorted((one, other) => one - other);
  const set = async (afterSeconds: number | null) => {
    await act((write) => write.PUT('/v1/channels/{channel}/disappearing', { ...inChannel(facts.id), body: { afterSeconds } }));
    await opened.readFacts().catch(failureText);
  };
  return (
    <section class="form">
      <label>
        {t('chat.disappearing')}
        <select value={now ?? ''} onChange={({ currentTarget }) => void set(currentTarget.value === '' ? null : Number(currentTarget.value))}>
          <option value="">{t('chat.stay')}</option>
          {durations.map((seconds) => (
            <option value={seconds} key={seconds}>
              {t('chat.afterTime', { time: durationText(seconds) })}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
