using System.Text.Json;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Every component can be given other data and then shows what a fresh one
/// shows.</summary>
public class UpdateTests(Chromium chromium)
{
    /// <summary>Parts of the token tables, which hand their data, functions among them, on to
    /// these.</summary>
    private static readonly string[] Parts = ["vt-bigrams", "vt-token-card"];

    /// <summary>Counts the listeners of every element, and of the page, that were added and not
    /// removed.</summary>
    private const string CountListeners =
        """
        const counts = new WeakMap();
        window.listenersOf = targets =>
          targets.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0);
        for (const [name, by] of [['addEventListener', 1], ['removeEventListener', -1]]) {
          const original = EventTarget.prototype[name];
          EventTarget.prototype[name] = function (...given) {
            counts.set(this, (counts.get(this) ?? 0) + by);
            return original.apply(this, given);
          };
        }
        window.observers = 0;
        for (const name of ['ResizeObserver', 'IntersectionObserver']) {
          const original = window[name];
          window[name] = class extends original {
            observe(target) { window.observers++; super.observe(target); }
            disconnect() { window.observers = 0; super.disconnect(); }
          };
        }
        """;

    /// <summary>Gives figure <c>a</c> the data of <c>b</c>, its own, none that can be drawn, and
    /// its own many times.</summary>
    private const string Updates =
        """
        async () => {
          const [a, b] = ['a', 'b'].map(key => document.querySelector(`[data-section=${key}]`));
          const data = key => JSON.parse(document.getElementById(`vt-data-${key}`).textContent);
          // What is hidden is not compared, nor how an empty attribute came about.
          const shown = figure => {
            const pictures = [...figure.querySelectorAll('canvas')],
              visible = pictures.filter(one => !one.closest('[hidden]')),
              copy = figure.cloneNode(true);
            for (const one of copy.querySelectorAll('[hidden]'))
              one.replaceWith(document.createElement('i'));
            for (const name of ['class', 'style'])
              for (const one of copy.querySelectorAll(`[${name}=""]`)) one.removeAttribute(name);
            return [copy.className, copy.innerHTML, ...visible.map(one => one.toDataURL())].join();
          };
          const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 5)));
          const settle = async () => {
            for (let quiet = 0, last = ''; quiet < 6;) {
              await frame();
              const now = shown(a) + shown(b);
              quiet = now === last ? quiet + 1 : 0;
              last = now;
            }
          };
          const all = () => [document, window, a, ...a.querySelectorAll('*')];
          const live = () => window.listenersOf(all()) + window.observers;
          const arrays = a.arrays;
          const put = async (value, from) => {
            a.update(value, from);
            await settle();
            return shown(a);
          };
          b.scrollIntoView();
          await settle();
          a.scrollIntoView();
          await settle();
          const fresh = { a: shown(a), b: shown(b) };
          const found = {
            drawn: !a.querySelector('.wrong') && !b.querySelector('.wrong'),
            differ: fresh.a !== fresh.b,
          };
          found.other = (await put(data('b'), b.arrays)) === fresh.b || [shown(a), fresh.b];
          found.back = (await put(data('a'), arrays)) === fresh.a || [shown(a), fresh.a];
          await put({ error: 'Nothing to draw.' }, arrays);
          found.said = a.querySelector('.wrong')?.textContent.includes('Nothing to draw.') ?? false;
          const same = data('a');
          found.again = (await put(same, arrays)) === fresh.a;
          const before = live();
          let changes = 0;
          const watch = new MutationObserver(records => { changes += records.length; });
          const every = { subtree: true, childList: true, attributes: true, characterData: true };
          watch.observe(a, every);
          await put(same, arrays);
          watch.disconnect();
          found.still = changes === 0;
          for (let i = 0; i < 8; i++) await put(data('a'), arrays);
          found.listeners = live() === before || [live(), before];
          return JSON.stringify(found);
        }
        """;

    public static TheoryData<string> Tags => [.. UpdatePairs.All.Keys];

    [Fact]
    public void EveryComponentIsTried() =>
        Assert.Equal(
            PageWriter.ComponentNames.Except(Parts),
            UpdatePairs.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Tags))]
    public async Task OtherDataAreDrawnInPlace(string component)
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            $"update-{component}",
            () => SmallPage.Of([.. UpdatePairs.All[component]()]),
            script: CountListeners);
        using JsonDocument found = JsonDocument.Parse(
            await open.Page.EvaluateAsync<string>(Updates));
        Assert.All(
            found.RootElement.EnumerateObject(),
            one => Assert.True(
                one.Value.ValueKind == JsonValueKind.True, $"{one.Name}: {Difference(one.Value)}"));
        Assert.Empty(open.Faults);
    }

    /// <summary>Where two pieces of HTML begin to differ.</summary>
    private static string Difference(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array
            || value[0].ValueKind != JsonValueKind.String)
        {
            return value.ToString();
        }

        (string one, string other) = (value[0].GetString()!, value[1].GetString()!);
        int at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        int from = Math.Max(0, at - 80);
        return $"…{one[from..Math.Min(one.Length, at + 120)]}… where a fresh one has "
            + $"…{other[from..Math.Min(other.Length, at + 120)]}…";
    }
}
