// What Kubernetes makes of the schedule of a CronJob, by the library that it is built with. Reads lines and instants from standard input and
// prints for each line, in their order, whether it is taken, and the runs that follow each of the instants, in UTC.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

type question struct {
	Lines    []string    `json:"lines"`
	Instants []time.Time `json:"instants"`
	// How many runs after each instant.
	Runs int `json:"runs"`
}

type answer struct {
	// Why the line is refused; empty where it is taken.
	Refused string `json:"refused"`
	// For each instant; fewer than were asked for where no more are found.
	Runs [][]time.Time `json:"runs"`
}

// As in validateScheduleFormat of k8s.io/kubernetes/pkg/apis/batch/validation, for a CronJob that is created.
func parse(line string) (cron.Schedule, error) {
	if strings.Contains(line, "TZ") {
		return nil, fmt.Errorf("cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
	}
	return cron.ParseStandard(line)
}

func judge(line string, asked question) answer {
	schedule, err := parse(line)
	if err != nil {
		return answer{Refused: err.Error(), Runs: [][]time.Time{}}
	}
	all := [][]time.Time{}
	for _, instant := range asked.Instants {
		runs := []time.Time{}
		for at := instant.UTC(); len(runs) < asked.Runs; {
			if at = schedule.Next(at); at.IsZero() {
				break
			}
			runs = append(runs, at)
		}
		all = append(all, runs)
	}
	return answer{Runs: all}
}

func run(in io.Reader, out io.Writer) error {
	var asked question
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return err
	}
	answers := []answer{}
	for _, line := range asked.Lines {
		answers = append(answers, judge(line, asked))
	}
	return json.NewEncoder(out).Encode(answers)
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
