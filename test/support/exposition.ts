/** The text format of Prometheus, read strictly: what a scrape would refuse, or take for something else, throws. */
import { strict as assert } from 'node:assert';

export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Family {
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/;
// prom-client writes Nan, which Go reads, too.
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (Na[Nn]|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
/** One label; what follows it is a comma or nothing. */
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = '', rest] = LABEL.exec(text) ?? assert.fail(`no labels: ${text}`);
    assert.ok(!Object.hasOwn(labels, name), `${name} stands twice in ${text}`);
    assert.ok(rest === '' || LABEL.lastIndex < text.length, `a comma too many: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

const suffixes: Readonly<Record<string, RegExp>> = { counter: /^$/, gauge: /^$/, histogram: /^_(bucket|sum|count)$/ };

/** The families of an exposition by name, in their order. */
export function exposition(text: string): Map<string, Family> {
  assert.ok(text === '' || text.endsWith('\n'), 'the last line has no end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let family: Family | undefined;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, helped, help = ''] = HELP.exec(line) ?? [];
    const [, typed, type = ''] = TYPE.exec(line) ?? [];
    if (helped !== undefined) {
      assert.ok(!families.has(helped), `${helped} is described twice`);
      family = { name: helped, type: '', help, samples: [] };
      families.set(helped, family);
    } else if (typed !== undefined) {
      assert.ok(family?.name === typed && family.type === '' && family.samples.length === 0, `the type of ${typed} is not after its help`);
      family.type = type;
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? assert.fail(`no line of the format: ${line}`);
      assert.ok(family?.type && name.startsWith(family.name), `${name} does not stand with its family`);
      assert.match(name.slice(family.name.length), suffixes[family.type] ?? /^$/, line);
      const sample: Sample = { name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')) };
      const identity = JSON.stringify([name, Object.entries(sample.labels).sort()]);
      assert.ok(!seen.has(identity), `${line} stands twice`);
      assert.ok(family.type === 'gauge' || sample.value >= 0, `${line}: a counter is never negative`);
      seen.add(identity);
      family.samples.push(sample);
    }
  }
  return families;
}

/** The samples of a family, as `[value, labels]`. */
export const samplesOf = (text: string, name: string): [value: number, labels: Sample['labels']][] =>
  (exposition(text).get(name)?.samples ?? []).map(({ value, labels }) => [value, labels]);
