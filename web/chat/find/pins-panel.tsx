/** What the members keep at hand. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { paths } from '../../../client/http/generated/read-api.ts';
import { failureText, session } from '../../app/session.ts';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { act } from '../acting.ts';
import { mayWrite, type ChannelFacts } from '../open-channel.ts';
import { Panel } from '../panel.tsx';
import { Hit } from './hit.tsx';

type Pins = paths['/v1/channels/{channel}/pins']['get']['responses'][200]['content']['application/json'];
type PinsPanelProps = { readonly facts: ChannelFacts; readonly onFound: (seq: number) => void; readonly onClose: () => void };

export function PinsPanel({ facts, onFound, onClose }: PinsPanelProps) {
  const { id: channel } = facts;
  const pins = useSignal<Pins | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const read = async () => {
    failure.value = undefined;
    try {
      pins.value = (await session.value?.tidings.read.GET('/v1/channels/{channel}/pins', { params: { path: { channel } } }))?.data;
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => {
    void read();
    // What others pin comes as a notice.
    return session.value?.tidings.chat.onFrame((frame) => {
      if (frame.type === 'message' && frame.channel === channel && frame.event === 'notice' && frame.notice.endsWith('pinned'))
        setTimeout(() => void read(), 500);
    });
  }, [channel]);
  const unpin = async (message: number) => {
    await act((write) => write.DELETE('/v1/channels/{channel}/pins/{message}', { params: { path: { channel, message } } }));
    await read();
  };
  const remove = (seq: number) =>
    mayWrite(facts) && (
      <button type="button" class="bare" aria-label={t('chat.unpin')} onClick={() => void unpin(seq)}>
        <Icon name="close" />
      </button>
    );
  const found = pins.value;
  return (
    <Panel title={t('chat.pins')} onClose={onClose}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void read()} />}
      {found === undefined && failure.value === undefined && <Skeleton />}
      {found?.pins.length === 0 && found.gone.length === 0 && (
        <Empty title={t('chat.noPins')}>
          <p>{t('chat.noPinsHint')}</p>
        </Empty>
      )}
      <ul class="hits">
        {found?.pins.map((message) => (
          <li key={message.seq} class="pinned">
            <Hit message={message} onOpen={() => onFound(message.seq)} />
            {remove(message.seq)}
          </li>
        ))}
        {found?.gone.map((seq) => (
          <li key={seq} class="pinned">
            <span class="hit gone">{t('chat.pinGone')}</span>
            {remove(seq)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
