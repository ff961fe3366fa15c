// The table is read as it is written, standardised as statistics defines it, and learned from.
import { describe, expect, test } from "vitest";
import { learnChurn } from "../../examples/churn.ts";
import { columns, encode, features, parseRows, readCustomers, type Row } from "../../examples/churn/customers.ts";

const row = (changes: Partial<Row> = {}): Row => ({
  CreditScore: "600", Geography: "France", Gender: "Male", Age: "40", Tenure: "1", Balance: "0", NumOfProducts: "1", HasCrCard: "1",
  IsActiveMember: "0", EstimatedSalary: "100", Exited: "0", ...changes,
});

describe("the table", () => {
  test("is read by the names of its columns", () => {
    const [first, second] = parseRows(`Id,${columns.join(",")}\r\n7,619,France,Female,42,2,0,1,1,1,101348.88,1\r\n8,608,Spain,Male,,1,83807.86,1,0,1,112542.58,0\r\n`);
    expect(first).toMatchObject({ CreditScore: "619", Gender: "Female", Exited: "1" });
    expect(second).toMatchObject({ Geography: "Spain", Age: "", Exited: "0" });
  });

  test("has each column with mean 0 and deviation 1; a gap is the mean", () => {
    const { x, gaps, left } = encode([row({ Age: "30", Gender: "Female" }), row({ Age: "" }), row({ Age: "50", Exited: "1" })]);
    const column = (index: number): number[] => [0, 1, 2].map((customer) => x[customer * features + index]!);
    expect(column(1)).toEqual([-1, 0, 1]);
    // Of (1, 0, 0): mean 1/3, deviation sqrt(2)/3.
    column(8).forEach((value, i) => expect(value).toBeCloseTo([Math.SQRT2, -Math.SQRT1_2, -Math.SQRT1_2][i]!, 6));
    // A constant column says nothing.
    expect(column(0)).toEqual([0, 0, 0]);
    expect(gaps).toBe(1);
    expect([...left]).toEqual([0, 0, 1]);
  });

  test.each([
    ["no header", "a,b\n1,2", "the table has no column CreditScore"],
    ["a short line", `${columns.join(",")}\n1,2`, "line 2 has 2 cells for 11 columns"],
  ])("%s is refused", (_, text, message) => expect(() => parseRows(text)).toThrow(message));

  test("what is not a number is refused with its line", () => {
    expect(() => encode([row(), row({ Balance: "much" })])).toThrow('line 3: Balance is "much"');
    expect(() => encode([row({ Exited: "yes" })])).toThrow('line 2: Exited is "yes"');
  });
});

test("made-up customers stand in, and are learned", async () => {
  const customers = readCustomers("/there/is/no/such.csv");
  expect(customers.invented).toBe(true);
  expect(customers.place).toContain("made-up");
  const { costs, accuracy, baseline } = await learnChurn(customers, 4);
  expect(costs.at(-1)!).toBeLessThan(costs[0]!);
  expect(accuracy).toBeGreaterThan(baseline + 0.1);
});
