/** A voice message as it is spoken: the microphone, how long it runs, and the file that comes of it. */
import { signal, type ReadonlySignal } from '@preact/signals';

export type RecordingState =
  /** The browser asks the person. */
  | { readonly status: 'asking' }
  | { readonly status: 'recording'; readonly ms: number }
  | { readonly status: 'recorded'; readonly file: File }
  | { readonly status: 'failed'; readonly reason: RecordingFault };
export type RecordingFault = 'refused' | 'no-microphone' | 'broken';

export type Recording = Disposable & {
  readonly state: ReadonlySignal<RecordingState>;
  /** Resolves with what was recorded; undefined where nothing is. */
  stop(): Promise<File | undefined>;
};

/** Then it ends by itself, and waits to be sent. */
export const RECORDING_MAX_MS = 15 * 60_000;
/** Enough for speech. */
const BITS_A_SECOND = 32_000;
const TICK_MS = 200;
/** What browsers record by themselves, and the server takes. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** Not on plain HTTP, and not in every browser. */
export const mayRecord = (): boolean => 'mediaDevices' in navigator && 'MediaRecorder' in globalThis && typeOfHere() !== undefined;
const typeOfHere = (): string | undefined => TYPES.find((type) => MediaRecorder.isTypeSupported(type));

export function startRecording(): Recording {
  const state = signal<RecordingState>({ status: 'asking' });
  const pieces: Blob[] = [];
  let isOver = false;
  let stream: MediaStream | undefined;
  let recorder: MediaRecorder | undefined;
  let tick: ReturnType<typeof setInterval> | undefined;
  let beganMs = 0;

  /** The browser shows no longer that the page listens. */
  const silence = (): void => {
    clearInterval(tick);
    stream?.getTracks().forEach((track) => track.stop());
  };
  const fail = (reason: RecordingFault): void => {
    silence();
    if (!isOver) state.value = { status: 'failed', reason };
  };

  const stopped = (type: string): void => {
    silence();
    if (isOver || state.value.status !== 'recording') return;
    const file = new File(pieces, '', { type: type.split(';')[0] ?? type });
    state.value = file.size === 0 ? { status: 'failed', reason: 'broken' } : { status: 'recorded', file };
  };

  const begin = async (): Promise<void> => {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    if (isOver) return silence();
    const type = typeOfHere() ?? '';
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_A_SECOND });
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
    recorder.addEventListener('stop', () => stopped(type)); // also where the microphone is pulled out
    recorder.addEventListener('error', () => fail('broken'));
    recorder.start();
    beganMs = performance.now();
    state.value = { status: 'recording', ms: 0 };
    tick = setInterval(() => {
      const ms = performance.now() - beganMs;
      state.value = { status: 'recording', ms };
      if (ms >= RECORDING_MAX_MS) recorder?.stop();
    }, TICK_MS);
  };
  begin().catch((error: unknown) => fail(reasonOf(error)));

  return {
    state,
    stop: () =>
      new Promise((resolve) => {
        clearInterval(tick);
        if (recorder?.state !== 'recording') return resolve(fileOf(state.value));
        recorder.addEventListener('stop', () => resolve(fileOf(state.value)));
        recorder.stop();
      }),
    [Symbol.dispose]: () => {
      isOver = true;
      if (recorder?.state === 'recording') recorder.stop();
      silence();
    },
  };
}

const fileOf = (state: RecordingState): File | undefined => (state.status === 'recorded' ? state.file : undefined);

function reasonOf(error: unknown): RecordingFault {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'no-microphone' : 'broken';
}
