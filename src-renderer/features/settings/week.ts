export { DAYS, hoursOf, spansOf, weekOf, type Day, type Week } from '../onboarding/steps/week.ts'
