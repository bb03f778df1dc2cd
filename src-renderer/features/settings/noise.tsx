import { choosable, isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import type { NoisePolicy, NoiseRule } from '../../../src-shared/domain/noise.ts'
import type { EditorProps } from './editor.ts'
import { WordsEditor } from './plain.tsx'
import { Problems } from './field-problems.tsx'
import { Lines, Rule, Several, withoutEmpty } from './rule-form.tsx'
import { markSentence, noiseSentence, type Named } from './rule-words.ts'
import { Rows, Select } from './rows.tsx'
import ruleClasses from './rules.module.css'
import classes from './settings.module.css'

/** What is taken for noise, and what marking a ticket as noise does to it. */
export function NoiseEditor({
  value,
  onChange,
  problems,
  savedKeys,
  named,
}: EditorProps<NoisePolicy | null> & { savedKeys: ReadonlySet<string>; named: Named }) {
  const ends = named.statuses.filter(({ category, retired }) => !retired && !isOpenCategory(category))
  const begun = (): NoisePolicy => ({ rules: [], mark: { status: ends.at(-1)?.key ?? '', tags: ['noise'] } })
  const change = (part: Partial<NoisePolicy>): void => {
    if (value) onChange({ ...value, ...part })
  }
  const mark = (part: { [K in keyof NoisePolicy['mark']]?: NoisePolicy['mark'][K] | undefined }): void => {
    if (value) onChange({ ...value, mark: withoutEmpty({ ...value.mark, ...part }) as NoisePolicy['mark'] })
  }
  return (
    <>
      <label className={classes.check}>
        <input
          type="checkbox"
          checked={value !== null}
          onChange={(event) => onChange(event.target.checked ? begun() : null)}
        />
        Tickets can be marked as noise
      </label>
      {value && (
        <>
          <p className={ruleClasses.sentence}>{markSentence(value, named)}</p>
          <div className={classes.fields}>
            <label>
              <span>Its status becomes</span>
              <Select
                label="Status of noise"
                value={value.mark.status}
                options={choosable(ends, value.mark.status).map((one) => [one.key, one.label])}
                onChange={(status) => mark({ status })}
              />
            </label>
            <label>
              <span>Its type becomes</span>
              <Select
                label="Type of noise"
                value={value.mark.type ?? ''}
                options={[
                  ['', 'As it is'],
                  ...choosable(named.types, value.mark.type).map((one) => [one.key, one.label] as const),
                ]}
                onChange={(type) => mark({ type: type || undefined })}
              />
            </label>
            <WordsEditor
              label="It is tagged"
              problems={[]}
              rows={1}
              value={value.mark.tags}
              onChange={(tags) => mark({ tags })}
            />
          </div>
          <Rows<NoiseRule>
            title="Rules of noise"
            word="rule"
            rows={value.rules}
            {...{ savedKeys, problems: problems.filter(({ index }) => index !== null) }}
            onChange={(rules) => change({ rules })}
            fresh={() => ({ subject: ['out of office'] })}
            below={(rule, changeRule, index) => (
              <Rule
                sentence={noiseSentence(rule, named)}
                begin={!savedKeys.has(rule.key) || problems.some((one) => one.index === index)}
              >
                {() => <RuleForm rule={rule} change={changeRule} named={named} />}
              </Rule>
            )}
          />
        </>
      )}
      <Problems of={problems.filter(({ index }) => index === null)} />
    </>
  )
}

interface FormProps {
  rule: NoiseRule
  change(part: Partial<NoiseRule>): void
  named: Named
}

function RuleForm({ rule, change, named }: FormProps) {
  const set = (part: { [K in keyof NoiseRule]?: NoiseRule[K] | undefined }): void => change(part as Partial<NoiseRule>)
  return (
    <>
      <p>All of this has to hold; of a list, one is enough.</p>
      <div className={classes.fields}>
        <Lines
          label={`In the subject, for ${rule.label}`}
          value={rule.subject}
          placeholder="one a line"
          onChange={(subject) => set({ subject })}
        />
        <Lines
          label={`In the text, for ${rule.label}`}
          value={rule.description}
          placeholder="one a line"
          onChange={(description) => set({ description })}
        />
        <Lines
          label={`From, for ${rule.label}`}
          value={rule.from}
          placeholder="an address, or its end: @mailer.example"
          onChange={(from) => set({ from })}
        />
      </div>
      <Several
        label="Of type"
        none="any"
        value={rule.types}
        options={choosable(named.types).map((one) => [one.key, one.label])}
        onChange={(types) => set({ types })}
      />
      <Several
        label="In the queue"
        none="any"
        value={rule.queues}
        options={choosable(named.queues).map((one) => [one.key, one.label])}
        onChange={(queues) => set({ queues })}
      />
    </>
  )
}
