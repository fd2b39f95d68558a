# Statistics over samples, and reports as text.

# The value below or at which this share of a list is: that of the sample itself, nothing in between.
def quantile($share): sort | .[([(length * $share | ceil) - 1, 0] | max)];
# Of no samples: null.
def median: quantile(0.5);
def p90: quantile(0.9);

# The values of all samples that have each of these keys with this value.
def values_of($where; $of):
	map(select(. as $sample | all($where | to_entries[]; $sample[.key] == .value)) | .[$of]);

def round_to($digits): . * pow(10; $digits) | round / pow(10; $digits);
# As many digits as mean something.
def short:
	if . == null then "–"
	elif type == "string" then .
	elif . >= 100 or . <= -100 or . == (. | floor) then (round | tostring)
	elif . >= 10 or . <= -10 then (round_to(1) | tostring)
	else (round_to(2) | tostring) end;
def ms: if . == null then null else . / 1000 end;

def at_least($what; $value; $limit): {what: $what, mark: "≥ \($limit)", is: $value, hit: ($value >= $limit)};
def at_most($what; $value; $limit): {what: $what, mark: "≤ \($limit)", is: $value, hit: ($value <= $limit)};

def row: "| " + (map(short) | join(" | ")) + " |";
def table_markdown:
	((.title // empty) + ":", ""), (.head | row), (.head | map("---") | row), (.rows[] | row), "";
def verdicts_markdown:
	if length == 0 then empty else
	"| mark | wanted | measured | |", "| --- | --- | --- | --- |",
	(.[] | [.what, .mark, .is, if .hit then "hit" else "**missed**" end] | row), "" end;
def to_markdown: (.tables[] | table_markdown), (.marks | verdicts_markdown);
