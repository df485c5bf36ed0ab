//! Known answers, computed by hand.

use super::*;

fn points(values: &[f64]) -> Vec<Point> {
    let at = |day: usize| Timestamp::from_secs(i64::try_from(day).unwrap() * DAY_SECS);
    let point =
        |(day, equity): (usize, &f64)| Point { at: at(day), equity: *equity, invested: 0.0 };
    values.iter().enumerate().map(point).collect()
}

fn close(found: &Measure, expected: f64) {
    let value = found.get().unwrap();
    assert!(
        (value - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        "{value} is not {expected}"
    );
}

#[test]
fn days_end_at_midnight_utc_and_a_day_that_is_not_over_is_none() {
    let at =
        |secs: i64, equity: f64| Point { at: Timestamp::from_secs(secs), equity, invested: 0.0 };
    // From 18:00 of day 0 to 12:00 of day 2.
    let points = [
        at(64_800, 100.0),
        at(86_399, 101.0),
        at(86_400, 102.0),
        at(90_000, 90.0),
        at(172_000, 110.0),
        at(216_000, 50.0),
    ];
    let days = Days::of(&points);
    let values: Vec<_> = days.ends.iter().map(|(_, value)| *value).collect();
    assert_eq!(values, [100.0, 102.0, 110.0]);
}

#[test]
fn sharpe_is_the_mean_over_the_sample_deviation_times_the_root_of_365() {
    // Mean 0.01, squares (0.01, 0.01, 0)² → variance 0.0001, deviation 0.01.
    close(&sharpe(&[0.02, 0.0, 0.01]), 365_f64.sqrt());
    assert_eq!(sharpe(&[0.01]), Measure::na("fewer than two whole days"));
    assert_eq!(sharpe(&[0.0, 0.0]), Measure::na("the returns do not vary"));
}

#[test]
fn sortino_divides_by_the_losses_over_all_days() {
    // Mean 0.005; Σ min(r, 0)² = 0.0004 over 4 days → downside 0.01.
    close(&sortino(&[0.02, -0.02, 0.02, 0.0]), 0.5 * 365_f64.sqrt());
    assert_eq!(sortino(&[0.01, 0.0]), Measure::na("no day lost"));
    assert_eq!(sortino(&[]), Measure::na("no whole day"));
}

#[test]
fn cagr_goes_by_elapsed_seconds_of_a_year_of_365_days() {
    let year = |days: i64, end: f64| {
        [(0, 100.0), (days, end)].map(|(day, equity)| Point {
            at: Timestamp::from_secs(day * DAY_SECS),
            equity,
            invested: 0.0,
        })
    };
    close(&cagr(&year(365, 110.0)), 10.0);
    // Half a year doubles to twice over.
    close(
        &cagr(&[
            year(0, 100.0)[0],
            Point { at: Timestamp::from_secs(15_768_000), equity: 200.0, invested: 0.0 },
        ]),
        300.0,
    );
    assert!(cagr(&[]).get().is_none());
}

#[test]
fn the_deepest_fall_has_its_dates_and_its_way_back() {
    let found = drawdown(&points(&[100.0, 120.0, 90.0, 110.0, 120.0, 130.0, 117.0]));
    assert!((found.pct - 25.0).abs() < 1e-12);
    assert!((found.usd - 30.0).abs() < 1e-12);
    let day = |n: i64| Some(Timestamp::from_secs(n * DAY_SECS));
    assert_eq!((found.peak_at, found.trough_at, found.recovered_at), (day(1), day(2), day(4)));
    assert_eq!(found.longest_under_water_secs, 2 * DAY_SECS, "to the last moment below the peak");
    let never = drawdown(&points(&[100.0, 80.0, 90.0]));
    assert_eq!(never.recovered_at, None);
    close(&calmar(&Measure::Is(50.0), &found), 2.0);
    assert!(calmar(&Measure::Is(50.0), &drawdown(&points(&[1.0, 2.0]))).get().is_none());
}

#[test]
fn trades_have_factor_rate_expectancy_and_quality() {
    let profits = [30.0, -10.0, -10.0, 0.0, 15.0];
    close(&profit_factor(&profits), 2.25);
    close(&win_rate(&profits), 40.0);
    close(&expectancy(&profits), 5.0);
    // Squares 625 + 225 + 225 + 25 + 100 = 1200, over 4 → deviation √300.
    close(&sqn(&profits), 5_f64.sqrt() * 5.0 / 300_f64.sqrt());
    assert_eq!(profit_factor(&[1.0]), Measure::na("no trade lost"));
    assert_eq!(profit_factor(&[]), Measure::na("no trade was closed"));
    assert!(sqn(&[1.0]).get().is_none());
}

#[test]
fn exposure_is_weighted_by_time_and_turnover_is_a_day() {
    let at = |day: i64, invested: f64| Point {
        at: Timestamp::from_secs(day * DAY_SECS),
        equity: 100.0,
        invested,
    };
    // 50 % for one day, 0 for three.
    let points = [at(0, 50.0), at(1, 0.0), at(4, 100.0)];
    close(&exposure(&points), 12.5);
    close(&turnover(200.0, &points), 50.0);
}

#[test]
fn the_normal_distribution_is_right_where_tables_have_it() {
    for (x, expected) in [
        (0.0, 0.5),
        (1.0, 0.841_344_746_068_542_9),
        (-1.96, 0.024_997_895_148_220_435),
        (3.0, 0.998_650_101_968_369_9),
    ] {
        assert!((normal(x) - expected).abs() < 1e-14, "{x}: {}", normal(x));
    }
}

#[test]
fn a_symmetric_series_has_the_chance_of_its_own_score() {
    // Mean 0.001, deviations ±0.01: skew 0, kurtosis 1, so that the scale is 1.
    let returns: Vec<f64> = (0..100).map(|n| if n % 2 == 0 { 0.011 } else { -0.009 }).collect();
    let deviation = (0.0001_f64 * 100.0 / 99.0).sqrt();
    close(&probabilistic_sharpe(&returns), normal(0.001 / deviation * 99_f64.sqrt()));
    assert!(probabilistic_sharpe(&[0.0; 3]).get().is_none());
}

#[test]
fn an_interval_is_the_same_each_time_and_holds_what_it_is_of() {
    let returns: Vec<f64> = (0..90).map(|n| f64::from(n % 7 - 3) / 100.0).collect();
    let total = |sample: &[f64]| Some(compounded_pct(sample));
    let found = interval(&returns, total).unwrap();
    assert_eq!(Some(found), interval(&returns, total));
    let whole = compounded_pct(&returns);
    assert!(found.low < whole && whole < found.high, "{found:?} around {whole}");
    assert_eq!(interval(&returns[..9], total), None);
}

#[test]
fn the_deflated_ratio_is_that_of_the_example_in_its_paper() {
    // Bailey and López de Prado 2014, "A numerical example": 1,250 days, a ratio of 2.5 a year of 250
    // days, skewness -3, kurtosis 10, a variance of 1/2 a year across the trials.
    let ratio = 2.5 / 250_f64.sqrt();
    for (trials, highest, expected) in [(100, 0.1132, 0.9004), (46, 0.1004, 0.9505)] {
        let by_luck = luck(trials, 0.5 / 250.0);
        assert!((by_luck - highest).abs() < 5e-4, "{trials}: {by_luck}");
        let chance = normal(score(ratio, 1250.0, (-3.0, 10.0), by_luck).unwrap());
        assert!((chance - expected).abs() < 5e-4, "{trials}: {chance}");
    }
    assert_eq!((luck(1, 1.0), luck(50, 0.0)), (0.0, 0.0));
}

#[test]
fn one_trial_deflates_nothing_and_more_trials_deflate_more() {
    let returns: Vec<f64> = (0..100).map(|n| f64::from(n % 9 - 3) / 100.0).collect();
    let after = |trials| deflated_sharpe(&returns, trials, 0.01).get().unwrap();
    close(&probabilistic_sharpe(&returns), after(1));
    assert!(after(1) > after(10) && after(10) > after(1000), "{} {}", after(10), after(1000));
}
