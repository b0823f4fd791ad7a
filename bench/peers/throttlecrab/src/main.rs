//! The same work as BM_HashAndDecide in src/ports/memory/memory_counter_store_benchmark.cpp, by throttlecrab's
//! library: 10 a second and at once, every key seen each 50 ms, keys read in the order in which they lie but first
//! seen in another. Prints one JSON object for each run. The library takes its key as text and hashes it (ahash).

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use throttlecrab::{AdaptiveStore, PeriodicStore, RateLimiter, Store};

const CALLS: usize = 1_000_000;
const RUNS: usize = 5;

/// Processor time of this thread, in seconds.
fn cpu_seconds() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

fn resident_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4096.0
}

fn decide<S: Store>(limiter: &mut RateLimiter<S>, key: &str, now: SystemTime) -> bool {
    limiter.rate_limit(key, 10, 10, 1, 1, now).unwrap().0
}

fn run<S: Store>(name: &str, make: impl Fn() -> S, keys: &[String]) {
    let count = keys.len();
    let step = Duration::from_millis(50) / count as u32;
    let mut now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let before = resident_bytes();
    let mut limiter = RateLimiter::new(make());
    let mut at = 0;
    for _ in 0..count {
        at = (at + 611_953) % count;
        decide(&mut limiter, &keys[at], now);
    }
    let resident = (resident_bytes() - before) / count as f64;
    for _ in 0..RUNS {
        let start = cpu_seconds();
        let mut allowed = 0;
        for _ in 0..CALLS {
            now += step;
            at += 1;
            if at == count {
                at = 0;
            }
            allowed += decide(&mut limiter, &keys[at], now) as usize;
        }
        let per_second = CALLS as f64 / (cpu_seconds() - start);
        println!(
            "{{\"store\": \"{name}\", \"keys\": {count}, \"per_second\": {per_second:.0}, \
             \"resident_per_key\": {resident:.1}, \"allowed\": {:.3}}}",
            allowed as f64 / CALLS as f64
        );
    }
}

fn main() {
    for count in [1_000, 1_000_000] {
        let keys: Vec<String> = (0..count).map(|i| format!("key:{i}")).collect();
        run("adaptive", || AdaptiveStore::with_capacity(count), &keys);
        run("periodic", || PeriodicStore::with_capacity(count), &keys);
    }
}
