using System.Text.Json;
using FsCheck.Xunit;
using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

public class SkipTrigramTests
{
    private const int Vocabulary = 24;
    private const int End = 23;
    private const int Context = 12;

    [Property(MaxTest = 30)]
    public void Counts_are_those_of_looking_at_every_place(int seed)
    {
        int[] stream = Samples.Stream(seed, 6, Vocabulary);
        var text = new SkipTrigramText(stream, End, Vocabulary, 7);
        Dictionary<SkipTrigram, List<int>> expected = Places(stream, 7);
        foreach ((SkipTrigram trigram, List<int> places) in expected)
        {
            Assert.Equal(places, text.Places(trigram));
            Assert.Equal(places.Count, text.Count(trigram));
        }

        Assert.Equal(0, text.Count(new SkipTrigram(0, End, End)));
        var found = new Dictionary<SkipTrigram, int>();
        bool[] isRead = [.. Enumerable.Range(0, Vocabulary).Select(id => id is not End and not 3)];
        double[] square =
            [.. Enumerable.Range(0, 5).Select(distance => (double)distance * distance)];
        text.Frequent(2, isRead, [square, []], (trigram, count, means) =>
        {
            double[] nearest =
                [.. text.Places(trigram).Select(
                    place => (double)Nearest(text.Context(place), trigram.Source))];
            Assert.Equal(
                nearest.Average(distance => distance < 5 ? distance * distance : 0), means[0],
                1e-12);
            Assert.Equal(0, means[1]);
            lock (found)
            {
                found.Add(trigram, count);
            }
        });
        Assert.Equal(
            expected.Where(
                e => e.Value.Count >= 2 && isRead[e.Key.Source] && isRead[e.Key.Destination]
                    && isRead[e.Key.Out])
                .ToDictionary(e => e.Key, e => e.Value.Count),
            found);
    }

    [Fact]
    public void The_context_ends_at_the_place_and_begins_in_its_document()
    {
        int[] stream = [End, 1, 2, 3, End, 4, 5, 6, 7];
        var text = new SkipTrigramText(stream, End, Vocabulary, 3);
        int place = Assert.Single(text.Places(new SkipTrigram(4, 6, 7)));
        Assert.Equal([4, 5, 6], text.Context(place).ToArray());
        Assert.Equal(7, text.Next(place));
        Assert.Equal(0, text.Count(new SkipTrigram(3, 4, 5)));
        Assert.Equal([End, 4], text.Context(5).ToArray());
        Assert.Equal(7, text.Pairs);
    }

    [Fact]
    public void The_strongest_are_those_of_all_triples()
    {
        using var planted = new Planted();
        using HeadCircuits circuits = planted.Circuits();
        var scores = new SkipTrigramScores(new Head(0, 0), circuits);
        var tokens = TokenSubset.All(Vocabulary);
        ScoredTrigram[] found = SkipTrigramSearch.Strongest(scores, tokens, 40, 6);
        var all =
            from s in Enumerable.Range(0, Vocabulary)
            from d in Enumerable.Range(0, Vocabulary)
            from o in Enumerable.Range(0, Vocabulary)
            select scores[new SkipTrigram(s, d, o)];
        ScoredTrigram[] expected =
        [
            .. all.Where(scored => scored.Strength > 0).GroupBy(scored => scored.Trigram.Source)
                .SelectMany(group => group.OrderByDescending(scored => scored.Strength).Take(6))
                .OrderByDescending(scored => scored.Strength).Take(40),
        ];
        Assert.Equal(
            expected.Select(scored => scored.Strength), found.Select(scored => scored.Strength),
            (x, y) => Math.Abs(x - y) <= 1e-4 * x);
        Assert.Equal(
            new SkipTrigram(Planted.Source, Planted.Destination, Planted.Out), found[0].Trigram);
    }

    [Fact]
    public void A_planted_skip_trigram_is_found_counted_and_borne_out_by_the_model()
    {
        using var planted = new Planted();
        using HeadCircuits circuits = planted.Circuits();
        SkipTrigramScores[] heads = [new SkipTrigramScores(new Head(0, 0), circuits)];
        int[] stream = Planted.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        using Transformer zero = Transformer.Initial(
            TransformerConfig.ZeroLayer(4, Vocabulary), seed: 1);
        SkipTrigramTable table = Assert.Single(
            new SkipTrigramTables(tokens, new SkipTrigramTexts(text, text), planted.Model, zero).Of(
                heads));
        SkipTrigramRow row = table.Rows[0];
        Assert.Equal(
            (Planted.Source, Planted.Destination, Planted.Out),
            (row.Source, row.Destination, row.Out));
        Assert.Equal(text.Count(new SkipTrigram(row.Source, row.Destination, row.Out)), row.Count);
        Assert.Equal(row.Count, row.HeldOut);
        Assert.True(row.Loss < row.LossZero);
        Assert.False(row.Copy || row.Bug);
        Assert.Equal(Vocabulary - tokens.Ids.Length, table.LeftOut);
        Assert.All(table.Rows, other => Assert.Equal(other.Source == other.Out, other.Copy));
        Assert.Contains(table.Rows, other => other.Copy);

        SkipTrigramCheck check = SkipTrigramCheck.Of(planted.Model, heads, tokens, text, count: 1);
        SkipTrigramTrial trial = Assert.Single(check.Trials);
        Assert.Equal(Planted.Out, trial.Out);
        Assert.True(trial.Difference > 0.5, $"{trial.Difference}");
        Assert.Equal(trial.With - trial.Without, trial.Difference, 1e-9);
        Assert.Equal(1, check.Positive);
        Assert.Null(trial.Reason);
        SkipTrigramTrial byWeights = Assert.Single(check.WeightTrials);
        Assert.Equal(trial.Difference, byWeights.Difference);
        Assert.Equal(1, check.WeightPositive);
    }

    [Fact]
    public void Both_rankings_are_tried_and_have_a_verdict_each()
    {
        // The destination writes its out token itself, and in the text that is taken off: by the
        // weights 5 … 11 → 17 is the strongest, in the text another is.
        using var planted = new Planted();
        AttentionLayer attention = planted.Model.Blocks[0].Attn;
        attention.W_K.Value[0, Planted.Destination, 0] = 8;
        attention.W_V.Value[0, Planted.Destination, 1] = 8;
        using HeadCircuits circuits = planted.Circuits();
        SkipTrigramScores[] heads = [new SkipTrigramScores(new Head(0, 0), circuits)];
        int[] stream = Planted.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        SkipTrigramCheck check = SkipTrigramCheck.Of(planted.Model, heads, tokens, text, count: 1);
        SkipTrigramTrial inText = Assert.Single(check.Trials);
        SkipTrigramTrial byWeights = Assert.Single(check.WeightTrials);
        var trigram = new SkipTrigram(byWeights.Source, byWeights.Destination, byWeights.Out);
        Assert.Equal(new(Planted.Source, Planted.Destination, Planted.Out), trigram);
        Assert.Equal(heads[0][trigram].Score, byWeights.Score);
        Assert.Equal(heads[0][trigram].Effect, byWeights.Effect);
        Assert.NotEqual(Planted.Destination, inText.Destination);
        Assert.Equal(byWeights.Difference > 0 ? 1 : 0, check.WeightPositive);

        var analysis = new CircuitAnalysis([], null, check, 1, 0, 0);
        Assert.Equal(
            [
                "by score × effect in the text, its distances counted, that",
                "by score × effect of the weights alone, that",
            ],
            analysis.Findings.Select(finding => finding.Text[
                finding.Text.IndexOf("by score", StringComparison.Ordinal)
                ..(finding.Text.IndexOf(" that", StringComparison.Ordinal) + 5)]));
        using var json = JsonDocument.Parse(
            JsonSerializer.Serialize(check, InterpJson.Default.SkipTrigramCheck));
        Assert.Equal(1, json.RootElement.GetProperty("weightTrials").GetArrayLength());
        Assert.Equal(
            check.WeightPositive, json.RootElement.GetProperty("weightPositive").GetInt32());
    }

    [Fact]
    public void A_head_that_lowers_what_it_should_raise_is_listed_with_a_reason()
    {
        // Read with its sign, the head raises the token; the model that is tried has the sign
        // turned.
        using var planted = new Planted();
        using HeadCircuits circuits = planted.Circuits();
        Ops.Scale(planted.Model.Blocks[0].Attn.W_O.Value, -1,
            into: planted.Model.Blocks[0].Attn.W_O.Value);
        int[] stream = Planted.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        SkipTrigramCheck check = SkipTrigramCheck.Of(
            planted.Model, [new SkipTrigramScores(new Head(0, 0), circuits)], tokens, text,
            count: 1);
        Assert.Equal(0, check.Positive);
        Assert.True(check.Trials[0].Difference < 0);
        Assert.NotNull(check.Trials[0].Reason);
    }

    [Fact]
    public void A_bug_is_forced_by_two_that_occur_and_never_occurs_itself()
    {
        // Source 1 … 2 → 3 and 1 … 4 → 5 occur; 2 → 5 and 4 → 3 never do, and cannot be told apart.
        int[] stream =
            [.. Enumerable.Repeat((int[])[End, 1, 7, 2, 3, 8, 1, 9, 4, 5], 6).SelectMany(x => x)];
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        using Tensor<float> query = Tensor.Zeros<float>([Vocabulary, 1]);
        using Tensor<float> output = Tensor.Zeros<float>([Vocabulary, 1]);
        (query[2, 0], query[4, 0], output[3, 0], output[5, 0]) = (3, 2, 2, 2);
        using Tensor<float> source = Tensor.Zeros<float>([Vocabulary, 1]);
        source[1, 0] = 1;
        using Tensor<float> one = Tensor.Full([1, 1], 1f);
        using HeadCircuits raw = HeadCircuits.Of(
            new HeadWeights(
                Identity(), AsWeight(query), AsWeight(source), AsWeight(source), one,
                output.Transpose()),
            CircuitForm.Scores);
        var scores = new SkipTrigramScores(new Head(0, 0), raw);
        StrongestTrigrams occurring = Assert.Single(
            SkipTrigramSearch.Occurring([scores], TokenSubset.All(Vocabulary), text, 5, 8));
        ForcedTrigram[] bugs = SkipTrigramSearch.Bugs(occurring, scores, text, 10);
        Assert.Equal(
            [new SkipTrigram(1, 2, 5), new SkipTrigram(1, 4, 3)], bugs.Select(
                bug => bug.Scored.Trigram));
        Assert.Equal((3, 4), (bugs[0].KnownOut, bugs[0].KnownDestination));
        Assert.Equal(6, bugs[0].Scored.Strength, 1e-5);

        static Tensor<float> AsWeight(Tensor<float> column) => column;
        static Tensor<float> Identity()
        {
            Tensor<float> identity = Tensor.Zeros<float>([Vocabulary, Vocabulary]);
            for (int i = 0; i < Vocabulary; i++)
            {
                identity[i, i] = 1;
            }

            return identity;
        }
    }

    [Fact]
    public void Json_has_the_fields_that_the_page_reads()
    {
        var table = new SkipTrigramTable(
            "0.0", [new SkipTrigramRow(1, 2, 3, 4, 5, 6, 7, 8, null, false, true, [9, 10])], 11,
            12, 13, 14);
        using var json = JsonDocument.Parse(
            JsonSerializer.Serialize(table, InterpJson.Default.SkipTrigramTable));
        Assert.Equal("skip-trigrams", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal(
            [
                "source", "destination", "out", "score", "effect", "count", "heldOut", "loss",
                "lossZero", "copy",
                "bug", "because",
            ],
            json.RootElement.GetProperty("rows")[0].EnumerateObject().Select(field => field.Name));
        var copying = new Copying(
            "1.2", [[0.5, -1]], 0.25, new RandomSpectrum(0, 0.1, 2, 100),
            new CopyingAmong(3, 0.25, 0, 0, 0), null);
        using var spectrum = JsonDocument.Parse(
            JsonSerializer.Serialize(copying, InterpJson.Default.Copying));
        Assert.Equal(
            2, spectrum.RootElement.GetProperty("baseline").GetProperty("radius").GetDouble());
        Assert.Equal(-1, spectrum.RootElement.GetProperty("eigenvalues")[0][1].GetDouble());
        Assert.Equal("1.2", spectrum.RootElement.GetProperty("head").GetString());
    }

    private static int Nearest(ReadOnlySpan<int> context, int source) =>
        context.Length - 1 - context[..^1].LastIndexOf(source);

    private static Dictionary<SkipTrigram, List<int>> Places(int[] stream, int window)
    {
        var places = new Dictionary<SkipTrigram, List<int>>();
        for (int i = 1; i + 1 < stream.Length; i++)
        {
            var seen = new HashSet<int>();
            for (int j = i - 1; j >= 0 && j > i - window && stream[i] != End
                && stream[i + 1] != End; j--)
            {
                if (seen.Add(stream[j]))
                {
                    var trigram = new SkipTrigram(stream[j], stream[i], stream[i + 1]);
                    places.TryAdd(trigram, []);
                    places[trigram].Add(i);
                }

                if (stream[j] == End)
                {
                    break;
                }
            }
        }

        return places;
    }

    /// <summary>One head with one skip-trigram far above a little noise.</summary>
    private sealed class Planted : IDisposable
    {
        public const int Source = 5;
        public const int Destination = 11;
        public const int Out = 17;

        public Planted()
        {
            var config = TransformerConfig.AttentionOnly(
                1, 1, Vocabulary, 4, Vocabulary, Context, PositionKind.None);
            Model = Transformer.Initial(config, seed: 4, choose: _ => 0.05f);
            for (int i = 0; i < Vocabulary; i++)
            {
                Model.Embed.W_E.Value[i, i] += 1;
                Model.Unembed.W_U.Value[i, i] += 1;
            }

            AttentionLayer attention = Model.Blocks[0].Attn;
            attention.W_Q.Value[0, Destination, 0] = 4;
            attention.W_K.Value[0, Source, 0] = 4;
            attention.W_V.Value[0, Source, 1] = 2;
            attention.W_O.Value[0, 1, Out] = 2;
        }

        public Transformer Model { get; }

        public HeadCircuits Circuits()
        {
            using var reading = new HeadReading(Model);
            using HeadCircuits raw = HeadCircuits.Of(reading[new Head(0, 0)], CircuitForm.Scores);
            return raw.AgainstAverage(TokenSubset.All(Vocabulary).Unigram);
        }

        /// <summary>Random documents, half of which have the source and then the pair.</summary>
        public static int[] Text()
        {
            var random = new Random(1);
            var stream = new List<int>();
            for (int document = 0; document < 60; document++)
            {
                stream.Add(End);
                for (int i = 0; i < 9; i++)
                {
                    int other = random.Next(0, Vocabulary - 1);
                    stream.Add(i == 2 && document % 2 == 0 ? Source
                        : other is Source or Destination ? 0 : other);
                }

                stream.AddRange(document % 2 == 0 ? [Destination, Out] : [1, Out]);
            }

            return [.. stream];
        }

        public void Dispose() => Model.Dispose();
    }
}
