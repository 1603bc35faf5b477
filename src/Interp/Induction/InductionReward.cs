using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Losses;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Induction;

/// <summary>How much a text rewards an ideal induction head, before any model is trained on it: the
/// gain of a bigram model from the tokens that followed earlier occurrences of the current token.
/// </summary>
/// <remarks>
/// At position i of a window, with x the tokens before the next one and y the next:
/// <code>
/// bigram     p(y | xᵢ), interpolated Kneser–Ney of the training text
/// copying    share of x₀ … xᵢ that is y
/// induction  among earlier j with xⱼ = xᵢ, the share with xⱼ₊₁ = y; 0 where there is none
/// loss       mean −ln(w₁ · bigram + w₂ · copying + w₃ · induction)
/// </code>
/// The weights w depend on how often xᵢ occurs in training (by doublings) and on how many earlier
/// occurrences the window has (0, 1, 2, more). They are fitted by expectation–maximisation on every
/// second held-out document and measured on the others, and vice versa. A head that attends to
/// nothing but the tokens after earlier occurrences of the current one, and copies them, gives the
/// third term; copying without matching, which one layer can do, gives the second. </remarks>
/// <param name="Context">Tokens in a window; windows are adjacent in every document.</param>
/// <param name="Tokens">Predicted tokens.</param>
/// <param name="Matched">Share of positions whose token occurs earlier in the window.</param>
/// <param name="Followed">Share of positions where an earlier occurrence was followed by the next
/// token.</param>
/// <param name="Bigram">Loss of the bigram model alone, nats per token.</param>
/// <param name="Copying">With copying.</param>
/// <param name="Induction">With induction.</param>
/// <param name="Both">With both.</param>
public sealed record InductionReward(
    int Context, int Tokens, double Matched, double Followed, double Bigram, double Copying,
    double Induction, double Both)
    : Analysis(
        "induction-reward",
        "How much does the text reward an induction head?",
        "nats per token",
        "A Kneser–Ney bigram mixed with the tokens that followed earlier occurrences of the "
        + "current token in the window and with the window's tokens; weights are fitted on every "
        + "second held-out document and measured on the others, and vice versa.")
{
    private const int Iterations = 30;
    private const int Terms = 3;
    private const int MatchClasses = 4;

    /// <summary>The gain from induction beyond copying, nats per token.</summary>
    public double Gain => Copying - Both;

    /// <summary>Measures a text.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="counts">The pairs of its training part.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <exception cref="ArgumentException">The context is below 2, or fewer than two documents are
    /// held out.</exception>
    public static InductionReward Of(Corpus corpus, BigramCounts counts, int context)
    {
        Document[] documents = [.. corpus.HeldOutDocuments.Where(document => document.Pairs > 0)];
        if (context < 2 || documents.Length < 2)
        {
            throw new ArgumentException(
                "InductionReward: needs windows of at least 2 tokens and two held-out documents, "
                + $"one to fit and one to measure; got {context} and {documents.Length}.",
                nameof(corpus));
        }

        var bigram = new KneserNeyBigram(counts);
        List<Position>[] folds = [[], []];
        for (int d = 0; d < documents.Length; d++)
        {
            ReadOnlySpan<int> tokens = corpus.Tokens(documents[d]);
            for (int start = 0; start < tokens.Length - 1; start += context)
            {
                int length = Math.Min(context, tokens.Length - 1 - start);
                Read(tokens.Slice(start, length + 1), bigram, counts, folds[d % 2]);
            }
        }

        int n = folds[0].Count + folds[1].Count;
        return new InductionReward(
            context, n,
            folds.Sum(fold => fold.Count(position => position.Class % MatchClasses > 0))
                / (double)n,
            folds.Sum(fold => fold.Count(position => position.Induction > 0)) / (double)n,
            Loss(folds, copying: false, induction: false),
            Loss(folds, copying: true, induction: false),
            Loss(folds, copying: false, induction: true),
            Loss(folds, copying: true, induction: true));
    }

    /// <summary>Every position of a window, whose last token is only predicted.</summary>
    private static void Read(
        ReadOnlySpan<int> tokens, KneserNeyBigram bigram, BigramCounts counts,
        List<Position> positions)
    {
        var places = new Dictionary<int, List<int>>();
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            (int current, int next) = (tokens[i], tokens[i + 1]);
            List<int> earlier = Places(current);
            int followed = 0;
            foreach (int j in earlier)
            {
                followed += tokens[j + 1] == next ? 1 : 0;
            }

            int matches = earlier.Count;
            earlier.Add(i);
            double seen = places.TryGetValue(next, out List<int>? same) ? same.Count : 0;
            int frequency = (int)Math.Log2(1 + counts.FirstCounts[current]);
            positions.Add(new Position(
                bigram.Probability(current, next), seen / (i + 1),
                matches == 0 ? 0 : followed / (double)matches,
                (frequency * MatchClasses) + Math.Min(matches, MatchClasses - 1)));
        }

        List<int> Places(int token)
        {
            if (!places.TryGetValue(token, out List<int>? list))
            {
                places[token] = list = [];
            }

            return list;
        }
    }

    private static double Loss(List<Position>[] folds, bool copying, bool induction)
    {
        double loss = 0;
        for (int measured = 0; measured < 2; measured++)
        {
            Dictionary<int, double[]> weights = Fit(folds[1 - measured], copying, induction);
            foreach (Position position in folds[measured])
            {
                loss -= Math.Log(
                    weights.TryGetValue(position.Class, out double[]? of)
                    ? position.Mixed(of) : position.Bigram);
            }
        }

        return loss / (folds[0].Count + folds[1].Count);
    }

    /// <summary>The mixture's weights, [class][term]. Each class also counts one position that only
    /// the bigram explains, so that what few positions show is not believed.</summary>
    private static Dictionary<int, double[]> Fit(
        List<Position> positions, bool copying, bool induction)
    {
        var weights = new Dictionary<int, double[]>();
        double share = 1.0 / (1 + (copying ? 1 : 0) + (induction ? 1 : 0));
        foreach (IGrouping<int, Position> same in positions.GroupBy(position => position.Class))
        {
            double[] w = [share, copying ? share : 0, induction ? share : 0];
            Position[] members = [.. same];
            for (int i = 0; i < Iterations; i++)
            {
                double[] sums = [1, 0, 0];
                foreach (Position position in members)
                {
                    double mixed = position.Mixed(w);
                    sums[0] += w[0] * position.Bigram / mixed;
                    sums[1] += w[1] * position.Copying / mixed;
                    sums[2] += w[2] * position.Induction / mixed;
                }

                for (int term = 0; term < Terms; term++)
                {
                    w[term] = sums[term] / (members.Length + 1);
                }
            }

            weights[same.Key] = w;
        }

        return weights;
    }

    /// <summary>What each term gives the next token, and the class its weights belong to.</summary>
    private readonly record struct Position(
        double Bigram, double Copying, double Induction, int Class)
    {
        public double Mixed(double[] w) => (w[0] * Bigram) + (w[1] * Copying) + (w[2] * Induction);
    }
}
