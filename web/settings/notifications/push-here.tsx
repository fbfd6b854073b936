/** Pushes to this browser, and the other devices that get them. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { turnOffPush, turnOnPush, webPushKey } from '../../../client/index.ts';
import { deviceOf, session } from '../../app/session.ts';
import { personHere, rememberPush } from '../../offline/person-record.ts';
import { Failure } from '../../parts/states.tsx';
import { dateText } from '../../parts/time.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { Outcome, Section, Switch } from '../form-parts.tsx';
import { useRead } from '../read-list.ts';

/** `unsupported`: by this browser, or at this address. `unavailable`: the installation sends none to browsers. */
type State = 'unsupported' | 'unavailable' | 'forbidden' | 'off' | 'on';

const isSupported = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

export function PushHere() {
  const action = useAction();
  const state = useSignal<State | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const devices = useRead(async ({ read }) => (await read.GET('/v1/me/devices', {})).data?.devices);
  const look = async () => {
    state.value = await stateHere();
    if (state.value === 'on') await turnOn(); // the server knows the subscription of now
  };
  useEffect(() => void look().catch(() => (state.value ??= 'off')), []);
  const change = (isOn: boolean) => {
    failure.value = undefined;
    void action.run(async () => {
      try {
        state.value = isOn ? await turnOn() : await turnOff();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        failure.value = t('settings.pushUnreachable');
      }
      await devices.again();
    });
  };
  const others = (devices.value.value ?? []).filter(({ id }) => id !== deviceOf());
  return (
    <Section title={t('settings.push')} hint={t('settings.pushHint')}>
      <Switch
        label={t('settings.pushHere')}
        isOn={state.value === 'on'}
        isDisabled={state.value !== 'on' && state.value !== 'off'}
        onChange={change}
        {...(state.value === 'unsupported' || state.value === 'unavailable' || state.value === 'forbidden' ? { hint: t(`settings.push.${state.value}`) } : {})}
      />
      {failure.value !== undefined && <Failure text={failure.value} />}
      <Outcome of={action} />
      {others.length > 0 && (
        <>
          <h3>{t('settings.otherDevices')}</h3>
          <ul class="setting-list">
            {others.map(({ id, platform, since }) => (
              <li key={id}>
                <div class="setting-entry">
                  <b>{t(`settings.platform.${platform}`)}</b>
                  <p class="hint">{dateText(since)}</p>
                </div>
                <button type="button" class="quiet" onClick={() => void action.run(() => remove(id))}>
                  {t('settings.removeDevice')}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );

  async function remove(device: string): Promise<void> {
    await session.value?.tidings.write.DELETE('/v1/me/devices/{device}', { params: { path: { device } } });
    await devices.again();
  }
}

async function stateHere(): Promise<State> {
  const tidings = session.value?.tidings;
  if (!isSupported() || tidings === undefined) return 'unsupported';
  if ((await webPushKey(tidings)) === undefined) return 'unavailable';
  if (Notification.permission === 'denied') return 'forbidden';
  const isOurs = (await personHere())?.push !== undefined;
  const registration = await navigator.serviceWorker.ready;
  return isOurs && Notification.permission === 'granted' && (await registration.pushManager.getSubscription()) !== null ? 'on' : 'off';
}

async function turnOn(): Promise<State> {
  const { person, tidings } = session.value ?? {};
  if (person === undefined || tidings === undefined) return 'off';
  if ((await Notification.requestPermission()) !== 'granted') return 'forbidden';
  const device = deviceOf();
  const key = await turnOnPush(tidings, { registration: await navigator.serviceWorker.ready, device });
  if (key === undefined) return 'unavailable';
  await rememberPush(person, { device, key });
  return 'on';
}

async function turnOff(): Promise<State> {
  if (session.value !== undefined) await rememberPush(session.value.person, undefined);
  await turnOffPush({ registration: await navigator.serviceWorker.ready });
  return 'off';
}
