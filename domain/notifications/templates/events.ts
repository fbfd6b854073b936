/** The events of templates. */
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';

/** `template-<id>`: content with placeholders. Versions count from 1. */
export type TemplateEvent = {
  readonly type: 'notifications.template-published.v1';
  readonly data: {
    readonly template: TemplateId;
    readonly version: number;
    readonly app: AppId;
    readonly title?: string;
    readonly body: string;
  };
};

export const templateSealing: SealingOf<TemplateEvent> = {
  'notifications.template-published.v1': {},
};
