/** The person's settings, by area. */
import { t } from '../text/text.ts';
import { AccountSection } from './account-section.tsx';
import { AskAgain } from './ask-again.tsx';
import { DataSection } from './data-section.tsx';
import { NotificationsSection } from './notifications/notifications-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { SecuritySection } from './security/security-section.tsx';

const SECTIONS = {
  '': { to: '/settings', title: 'settings.account', Section: AccountSection },
  security: { to: '/settings/security', title: 'settings.security', Section: SecuritySection },
  notifications: { to: '/settings/notifications', title: 'settings.notifications', Section: NotificationsSection },
  privacy: { to: '/settings/privacy', title: 'settings.privacy', Section: PrivacySection },
  data: { to: '/settings/data', title: 'settings.data', Section: DataSection },
} as const;

const isSection = (section: string): section is keyof typeof SECTIONS => section in SECTIONS;

/** `section`: empty for the first. */
export function SettingsPage({ section }: { readonly section: string }) {
  const shown = isSection(section) ? section : '';
  const { Section } = SECTIONS[shown];
  return (
    <>
      <h1 tabIndex={-1}>{t('settings.title')}</h1>
      <nav class="tabs" aria-label={t('settings.title')}>
        {Object.entries(SECTIONS).map(([name, { to, title }]) => (
          <a class="tab" href={to} key={name} {...(name === shown ? { 'aria-current': 'page' as const } : {})}>
            {t(title)}
          </a>
        ))}
      </nav>
      <Section key={shown} />
      <AskAgain />
    </>
  );
}
