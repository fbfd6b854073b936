/** One picture or video, from the end of its upload until its bytes are gone. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { MediaId, PersonId } from '../shared/ids.ts';
import { HOUR_MS, plus, type Instant } from '../shared/instant.ts';
import type { MediaEvent } from './events.ts';
import type { MediaFacts, MediaFault, ObjectKey } from './media-facts.ts';

/** Longer than any command is under way: what was decided before a removal began has been appended by then. */
export const REMOVAL_GRACE_MS = HOUR_MS;

type Kept = { readonly owner: PersonId; readonly objects: readonly ObjectKey[] };

export type MediaState =
  | { readonly status: 'none' }
  | { readonly status: 'uploaded'; readonly owner: PersonId }
  | ({ readonly status: 'ready' } & Kept)
  | { readonly status: 'refused'; readonly owner: PersonId; readonly fault: MediaFault }
  | ({ readonly status: 'leaving'; readonly since: Instant } & Kept)
  | { readonly status: 'removed'; readonly owner: PersonId };

export type MediaCommand =
  | { readonly type: 'end-upload'; readonly media: MediaId; readonly owner: PersonId; readonly bytes: number; readonly at: Instant }
  /** Of a picture that we fetched for the owner's words: it was never uploaded. */
  | { readonly type: 'make-fetched'; readonly media: MediaId; readonly owner: PersonId; readonly facts: MediaFacts; readonly at: Instant }
  | { readonly type: 'make-ready'; readonly media: MediaId; readonly facts: MediaFacts; readonly at: Instant }
  | { readonly type: 'refuse'; readonly media: MediaId; readonly fault: MediaFault }
  /** Given where the views know of nothing that refers to it. */
  | { readonly type: 'begin-removal'; readonly media: MediaId; readonly at: Instant }
  /** Given where they do after all. */
  | { readonly type: 'keep'; readonly media: MediaId; readonly at: Instant }
  /** `ownerErased`: then nothing is waited for, since whatever refers to it is gone as well. */
  | { readonly type: 'remove'; readonly media: MediaId; readonly ownerErased: boolean; readonly at: Instant };

export const media: Decider<MediaState, MediaCommand, MediaEvent> = {
  initialState: { status: 'none' },

  evolve: (_, { type, data }) => {
    const { owner } = data;
    switch (type) {
      case 'media.uploaded.v1':
        return { status: 'uploaded', owner };
      case 'media.ready.v1':
      case 'media.kept.v1':
        return { status: 'ready', owner, objects: data.objects };
      case 'media.refused.v1':
        return { status: 'refused', owner, fault: data.fault };
      case 'media.removal-begun.v1':
        return { status: 'leaving', owner, objects: data.objects, since: data.at };
      case 'media.removed.v1':
        return { status: 'removed', owner };
    }
  },

  decide: (state, command) => {
    const { media } = command;
    if (command.type === 'end-upload') return endUpload(state, command);
    if (command.type === 'make-fetched') return state.status === 'none' ? ready(command.owner, command) : accept();
    if (state.status === 'none') return refuse('media-unknown');
    const { owner } = state;
    switch (command.type) {
      case 'make-ready':
        return state.status === 'uploaded' ? ready(owner, command) : accept();
      case 'refuse':
        return state.status === 'uploaded' ? accept({ type: 'media.refused.v1', data: { media, owner, fault: command.fault } }) : accept();
      case 'begin-removal':
        if (state.status !== 'ready') return accept();
        return accept({ type: 'media.removal-begun.v1', data: { media, owner, objects: state.objects, at: command.at } });
      case 'keep':
        if (state.status !== 'leaving') return accept();
        return accept({ type: 'media.kept.v1', data: { media, owner, objects: state.objects, at: command.at } });
      case 'remove':
        return remove(state, command);
    }
  },
};

function ready(owner: PersonId, { media, facts, at }: Extract<MediaCommand, { type: 'make-ready' | 'make-fetched' }>): Decision<MediaEvent> {
  const objects = [...new Set(facts.variants.map(({ object }) => object))];
  return accept({ type: 'media.ready.v1', data: { media, owner, objects, facts, at } });
}

function endUpload(state: MediaState, { media, owner, bytes, at }: Extract<MediaCommand, { type: 'end-upload' }>): Decision<MediaEvent> {
  if (state.status === 'none') return accept({ type: 'media.uploaded.v1', data: { media, owner, bytes, at } });
  return state.owner === owner ? accept() : refuse('media-unknown');
}

function remove(state: Exclude<MediaState, { status: 'none' }>, { media, ownerErased, at }: Extract<MediaCommand, { type: 'remove' }>): Decision<MediaEvent> {
  if (state.status === 'removed') return accept();
  const objects = state.status === 'ready' || state.status === 'leaving' ? state.objects : [];
  const isDue = state.status === 'leaving' && plus(state.since, REMOVAL_GRACE_MS) <= at;
  return ownerErased || isDue ? accept({ type: 'media.removed.v1', data: { media, owner: state.owner, objects } }) : accept();
}
