/** In place of where one types: says that it listens and for how long, lets one listen before it is sent, or call it off. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Icon } from '../../parts/icon.tsx';
import { t } from '../../text/text.ts';
import { startRecording, type RecordingState } from './recording.ts';

type VoiceRecorderProps = {
  readonly onSend: (file: File) => void;
  readonly onClose: () => void;
};

export function VoiceRecorder({ onSend, onClose }: VoiceRecorderProps) {
  const recording = useMemo(startRecording, []);
  useEffect(() => () => recording[Symbol.dispose](), [recording]);
  const state = recording.state.value;
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const send = async () => {
    const file = await recording.stop();
    if (file !== undefined) onSend(file);
  };
  return (
    <div
      class="writing-row voice"
      role="group"
      aria-label={t('chat.voice')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <button ref={first} type="button" class="bare" aria-label={t('chat.voiceCancel')} onClick={onClose}>
        <Icon name="close" />
      </button>
      <State state={state} />
      {state.status === 'recording' && (
        <button type="button" class="bare" aria-label={t('chat.voiceStop')} onClick={() => void recording.stop()}>
          <Icon name="stop" filled />
        </button>
      )}
      {state.status !== 'failed' && (
        <button type="button" class="primary" aria-disabled={state.status === 'asking'} onClick={() => void send()}>
          {t('chat.send')}
        </button>
      )}
    </div>
  );
}

function State({ state }: { readonly state: RecordingState }) {
  switch (state.status) {
    case 'asking':
      return (
        <p class="voice-state" role="status">
          {t('chat.voiceAsking')}
        </p>
      );
    case 'recording':
      return (
        <p class="voice-state">
          <span class="voice-dot" aria-hidden="true" />
          <span role="status">{t('chat.voiceListens')}</span>
          <span role="timer" aria-live="off">
            {spanText(state.ms)}
          </span>
        </p>
      );
    case 'recorded':
      return <Recorded file={state.file} />;
    case 'failed':
      return (
        <p class="voice-state undone" role="alert">
          {t(`chat.voice-${state.reason}`)}
        </p>
      );
  }
}

function Recorded({ file }: { readonly file: File }) {
  const url = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <span class="voice-state">
      <audio src={url} controls aria-label={t('chat.voice')} />
    </span>
  );
}

const SECOND_MS = 1_000;
const SECONDS_A_MINUTE = 60;

function spanText(ms: number): string {
  const seconds = Math.floor(ms / SECOND_MS);
  return `${Math.floor(seconds / SECONDS_A_MINUTE)}:${String(seconds % SECONDS_A_MINUTE).padStart(2, '0')}`;
}
