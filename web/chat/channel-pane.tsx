/** One channel: its head, its messages, where one writes, and what is looked at beside it. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { nameText } from '../parts/name.tsx';
import { Icon } from '../parts/icon.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Menu } from '../parts/menu.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { ChannelFace } from './channel-face.tsx';
import { Composer } from './compose/composer.tsx';
import { attachAll } from './compose/send.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { History } from './history/history.tsx';
import { goToMessage, mayWrite, open, otherOf, titleOf, type ChannelFacts, type Opened } from './open-channel.ts';
import { NARROW_PX } from './panel.tsx';
import { presence, watchPeople } from './presence.ts';
import { RequestBanner } from './request-banner.tsx';
import { said } from './said.ts';
import { lastActiveText } from './times.ts';

const DetailsPanel = lazy(async () => (await import('./groups/details-panel.tsx')).DetailsPanel);
const SearchPanel = lazy(async () => (await import('./find/search-panel.tsx')).SearchPanel);
const PinsPanel = lazy(async () => (await import('./find/pins-panel.tsx')).PinsPanel);
const DateDialog = lazy(async () => (await import('./find/date-dialog.tsx')).DateDialog);

type PanelName = 'details' | 'search' | 'pins';

export function ChannelPane({ id, at }: { readonly id: string; readonly at: number | undefined }) {
  const opened = useMemo(() => open(id, at), [id]);
  useEffect(() => () => opened[Symbol.dispose](), [opened]);
  useEffect(() => {
    if (at !== undefined) goToMessage(opened, at);
  }, [at]);
  const panel = useSignal<PanelName | 'date' | undefined>(undefined);
  const isDropping = useSignal(false);
  const facts = opened.facts.value;
  const state = opened.state.value;
  const close = () => (panel.value = undefined);
  const show = (seq: number) => {
    if (innerWidth < NARROW_PX) close();
    goToMessage(opened, seq);
  };
  const canWrite = facts !== undefined && mayWrite(facts) && !opened.isLeft.value;
  return (
    <div class={panel.value === undefined || panel.value === 'date' ? 'channel-frame' : 'channel-frame with-panel'}>
      <section
        class={isDropping.value ? 'channel dropping' : 'channel'}
        aria-label={facts === undefined ? t('chat.title') : titleOf(facts)}
        onDragOver={(event) => {
          if (!canWrite || event.dataTransfer?.types.includes('Files') !== true) return;
          event.preventDefault();
          isDropping.value = true;
        }}
        onDragLeave={({ relatedTarget, currentTarget }) => currentTarget.contains(relatedTarget as Node | null) || (isDropping.value = false)}
        onDrop={(event) => {
          isDropping.value = false;
          const files = Array.from(event.dataTransfer?.files ?? []);
          if (!canWrite || files.length === 0) return;
          event.preventDefault();
          attachAll(opened, files);
        }}
      >
        <Head facts={facts} opened={opened} onPanel={(name) => (panel.value = panel.value === name ? undefined : name)} />
        <ConnectionBanner waiting={state?.outgoing.filter(({ failure }) => failure === undefined).length ?? 0} />
        {opened.failure.value !== undefined && <Failure text={opened.failure.value} />}
        {state === undefined || facts === undefined ? (
          opened.failure.value === undefined && <Skeleton />
        ) : (
          <History opened={opened} state={state} facts={facts} />
        )}
        {facts !== undefined && facts.request !== null && <RequestBanner facts={facts} opened={opened} />}
        <Typing opened={opened} />
        <p class="said" role="status">
          {said}
        </p>
        {facts !== undefined && canWrite && <Composer opened={opened} facts={facts} />}
        {facts !== undefined && !canWrite && <p class="read-only">{t(opened.isLeft.value ? 'chat.isLeft' : 'chat.readOnly')}</p>}
      </section>
      {facts !== undefined && panel.value === 'details' && <DetailsPanel facts={facts} opened={opened} onClose={close} />}
      {facts !== undefined && panel.value === 'search' && <SearchPanel channel={id} onClose={close} onFound={(_, seq) => show(seq)} />}
      {facts !== undefined && panel.value === 'pins' && <PinsPanel facts={facts} onClose={close} onFound={show} />}
      {panel.value === 'date' && <DateDialog opened={opened} onClose={close} />}
    </div>
  );
}

type HeadProps = { readonly facts: ChannelFacts | undefined; readonly opened: Opened; readonly onPanel: (name: PanelName | 'date') => void };

function Head({ facts, opened, onPanel }: HeadProps) {
  const other = facts?.kind === 'direct' ? otherOf(facts) : undefined;
  useEffect(() => {
    if (other !== undefined && presence.peek()[other.id] === undefined) watchPeople([other.id]);
  }, [other?.id]);
  const face = other ?? { id: opened.id, name: facts?.title ?? null, picture: (facts?.picture?.small ?? facts?.picture?.full)?.url };
  return (
    <header class="channel-head">
      <a href="/chat" class="back" aria-label={t('chat.back')}>
        ‹
      </a>
      {facts !== undefined && <ChannelFace face={{ ...face, name: face.name ?? titleOf(facts) }} isPerson={facts.kind === 'direct'} />}
      <span class="channel-words">
        <h1 tabIndex={-1}>
          <bdi>{facts === undefined ? t('chat.title') : titleOf(facts)}</bdi>
        </h1>
        <span class="hint">{facts !== undefined && subtitleOf(facts)}</span>
      </span>
      <button type="button" class="bare" aria-label={t('chat.search')} title={t('chat.search')} data-search onClick={() => onPanel('search')}>
        <Icon name="search" />
      </button>
      <button type="button" class="bare" aria-label={t('chat.details')} title={t('chat.details')} onClick={() => onPanel('details')}>
        <Icon name="info" />
      </button>
      <Menu
        label={t('chat.more')}
        class="bare"
        items={() => [
          { text: t('chat.pins'), onChoose: () => onPanel('pins') },
          { text: t('chat.toDate'), onChoose: () => onPanel('date') },
          { text: t('chat.toBeginning'), onChoose: () => goToMessage(opened, facts?.readsFrom ?? 0) },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </header>
  );
}

function subtitleOf(facts: ChannelFacts): string {
  if (facts.kind !== 'direct') return t('chat.memberCount', { count: facts.memberCount });
  const seen = presence.value[otherOf(facts)?.id ?? ''];
  if (seen === undefined) return '';
  return seen.status === 'online' ? t('chat.online') : seen.lastActiveAt === null ? '' : t('chat.lastActive', { time: lastActiveText(seen.lastActiveAt) });
}

const TYPING_NAMED_MAX = 2;

function Typing({ opened }: { readonly opened: Opened }) {
  const text = useComputed(() => {
    const typing = opened.state.value?.typing ?? [];
    const names = typing.slice(0, TYPING_NAMED_MAX).map((id) => nameText(opened.facts.value?.members.find((member) => member.id === id)?.name ?? null));
    if (names.length === 0) return '';
    return typing.length > TYPING_NAMED_MAX ? t('chat.severalType') : t('chat.typing', { name: names.join(', ') });
  });
  return (
    <p class="typing" aria-live="off">
      {text}
    </p>
  );
}
