/** The hours in which nothing makes a sound: what comes then waits. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { t } from '../../text/text.ts';
import { Choice, ownZone, Section, Switch } from '../form-parts.tsx';
import type { GridProps } from './grid.tsx';
import { zones } from '../places.ts';

const FROM = '22:00';
const UNTIL = '07:00';

export function QuietHours({ page, preferences }: GridProps) {
  const hours = page.quietHours;
  const last = useSignal(hours ?? { zone: ownZone(), from: FROM, until: UNTIL });
  const set = (quietHours: typeof hours) => {
    if (quietHours !== null) last.value = quietHours;
    void preferences.change({ quietHours }, { ...page, quietHours });
  };
  return (
    <Section title={t('settings.quiet')} hint={t('settings.quietHint')}>
      <Switch label={t('settings.quietOn')} isOn={hours !== null} onChange={(isOn) => set(isOn ? last.value : null)} />
      {hours !== null && (
        <div class="setting-row">
          <Hour label={t('settings.from')} value={hours.from} onChange={(from) => set({ ...hours, from })} />
          <Hour label={t('settings.until')} value={hours.until} onChange={(until) => set({ ...hours, until })} />
          <Choice label={t('settings.timeZone')} value={hours.zone} options={zones(hours.zone)} onChange={(zone) => set({ ...hours, zone })} />
        </div>
      )}
    </Section>
  );
}

/** Told when it is whole: while it is typed it may be none. */
function Hour({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input type="time" id={id} value={value} onChange={({ currentTarget }) => currentTarget.value !== '' && onChange(currentTarget.value)} />
    </div>
  );
}
