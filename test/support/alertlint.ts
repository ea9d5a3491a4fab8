/** What every alert owes to the person it wakes: used for the operator's own rules and for those of a Bestie. */
import { readdirSync, readFileSync } from 'node:fs';

export interface LintedAlert {
  alert: string;
  expr: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}

const RUNBOOKS = 'docs/runbooks';
const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'];
const SEVERITIES = new Set(['critical', 'warning', 'info']);

/** Where the page of an alert is read. */
export const runbookUrl = (alert: string): string => `https://github.com/bestie-operator/bestie-operator/blob/main/${RUNBOOKS}/${alert}.md`;

/** As the folder spells them: a file system that ignores case would find what GitHub does not. */
const runbooks = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length));

function pageProblems(alert: string, folder: string): string[] {
  if (!runbooks(folder).includes(alert)) return [`${folder}/${alert}.md is missing`];
  const page = readFileSync(`${folder}/${alert}.md`, 'utf8');
  const [title, ...headings] = [...page.matchAll(/^#{1,2} (.+)$/gm)].map(([, heading]) => heading);
  return [
    ...(title === alert ? [] : [`${alert}.md has another title`]),
    ...(headings.join() === HEADINGS.join() ? [] : [`${alert}.md needs the headings ${HEADINGS.join(', ')}`]),
    ...(/^## \w+\n+(?=##|$(?![\s\S]))/m.test(page) ? [`${alert}.md has an empty section`] : []),
  ];
}

/** What is wrong with an alert; empty where nothing is. */
export function alertProblems({ alert, expr, labels = {}, annotations = {} }: LintedAlert, folder: string = RUNBOOKS): string[] {
  const wanted: [boolean, string][] = [
    [/^Bestie([A-Z][a-zA-Z0-9]*)+$/.test(alert), 'the name must be in PascalCase and begin with Bestie'],
    [expr.trim() !== '', 'there is no expression'],
    [SEVERITIES.has(labels.severity ?? ''), 'severity must be critical, warning or info'],
    [!!annotations.summary?.endsWith('.'), 'summary must be a sentence'],
    [(annotations.description ?? '') !== '', 'there is no description'],
    [annotations.runbook_url === runbookUrl(alert), `runbook_url must be ${runbookUrl(alert)}`],
  ];
  return [...wanted.filter(([holds]) => !holds).map(([, problem]) => problem), ...pageProblems(alert, folder)];
}

/** Pages that no alert leads to. */
export const orphanRunbooks = (alerts: readonly string[], folder: string = RUNBOOKS): string[] =>
  runbooks(folder).filter((page) => !alerts.includes(page));
