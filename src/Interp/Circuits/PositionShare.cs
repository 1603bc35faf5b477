using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>How positions enter a head's scores, as additive terms.</summary>
/// <param name="Kind">The name of the kind of positions.</param>
/// <param name="Queries">A position's contribution to queries, float32 [pos, dHead], borrowed; null
/// for nothing.</param>
/// <param name="Keys">A position's contribution to keys, float32 [pos, dHead], borrowed; null for
/// nothing.</param>
/// <param name="ByDistance">A distance's contribution to the score, from 0; null for none.</param>
/// <param name="Positions">How many positions there are.</param>
internal sealed record HeadPositions(
    string Kind, Tensor<float>? Queries, Tensor<float>? Keys, double[]? ByDistance, int Positions);

/// <summary>How much of a head's score depends on position alone, and where position makes it
/// attend.</summary>
/// <remarks>
/// <para>The score of a query token d at position i for a key token s at position j is</para>
/// <code>S = (q(d) + q(i)) · (k(s) + k(j)) + b(i − j)</code>
/// <para>with the attention scale and b_Q in the queries. For each i, its variance over keys, with
/// s drawn from the text and j uniformly from 0 … i, averaged over d, splits into four parts that
/// add up: the source token alone (μ Σ_K μ), the pair of tokens (tr Σ_Q Σ_K), position alone (the
/// variance of μ · k(j) + b(i − j)), and the destination token with positions (tr Σ_Q Σ_j). Here μ
/// is the mean query at i, Σ_Q and Σ_K are the covariances of the tokens' contributions, Σ_j that
/// of the positions'. Terms equal for all keys of a query are in none of the parts: the softmax
/// does not see them.</para>
/// <para>Only for positions that are added: to the stream of a model without norm, to the inputs of
/// queries and keys (shortformer), or to the scores; not for rotary embeddings. Above the first
/// layer only the embedding's part is counted.</para>
/// </remarks>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Positions">The kind of positions.</param>
/// <param name="SourceToken">The share of the source token alone.</param>
/// <param name="TokenPair">The share of the pair of tokens.</param>
/// <param name="PositionAlone">The share of position alone.</param>
/// <param name="TokenAndPosition">The share of the destination token together with
/// positions.</param>
/// <param name="ByDistance">The mean attention at each distance from 0, by position alone:
/// <c>softmax over j of μ · k(j) + b(i − j)</c>, averaged over the queries that reach that
/// far.</param>
/// <param name="Uniform">The same for uniform attention.</param>
/// <param name="ScoreByDistance">The contribution of a distance to the score, in nats, relative to
/// uniform attention: <c>ln (count of keys · attention)</c>, averaged over the same
/// queries.</param>
public sealed record PositionShare(
    string Head,
    string Positions,
    double SourceToken,
    double TokenPair,
    double PositionAlone,
    double TokenAndPosition,
    IReadOnlyList<double> ByDistance,
    IReadOnlyList<double> Uniform,
    IReadOnlyList<double> ScoreByDistance)
    : Analysis(
        "position",
        "How much of the score depends on position alone?",
        "share of the score's variance",
        "Variance of the score over keys for each query position, with keys drawn from the text's "
        + "tokens and uniformly from the earlier positions, averaged over query tokens and "
        + "positions; the four shares add up to 1. Above layer 0 the score is that of the "
        + "embedding's direct path: the output of earlier heads is left out. By distance: softmax "
        + "of the mean score at each pair of positions.")
{
    /// <summary>Reads a head.</summary>
    /// <param name="name">The head.</param>
    /// <param name="circuits">Its circuits in the form <see cref="CircuitForm.Scores"/>.</param>
    /// <param name="positions">The positions' contribution, without the attention scale.</param>
    /// <param name="scale">The attention scale.</param>
    /// <param name="unigram">The probability of each token, float64 [vocab], summing to 1.</param>
    /// <exception cref="ArgumentException">There are fewer than two positions, or the circuits are
    /// in another form.</exception>
    internal static PositionShare Of(
        Head name, HeadCircuits circuits, HeadPositions positions, double scale, double[] unigram)
    {
        if (positions.Positions < 2 || circuits.Form != CircuitForm.Scores)
        {
            throw new ArgumentException(
                "PositionShare: needs two positions and circuits in the form of scores; got "
                + $"{positions.Positions} and {circuits.Form}.", nameof(positions));
        }

        var tokens = new TokenMoments(circuits.QK, unigram);
        var keys = new KeyPositions(positions, tokens.QueryCovariance, circuits.QK.Rank);
        int count = positions.Positions;
        double[] parts = new double[4];
        double[] byDistance = new double[count];
        double[] uniform = new double[count];
        double[] scoreByDistance = new double[count];
        double[] scores = new double[count];
        for (int i = 0; i < count; i++)
        {
            double[] mean = tokens.MeanQuery(positions.Queries, i, scale);
            for (int j = 0; j <= i; j++)
            {
                scores[j] = keys.Along(mean, j) + (positions.ByDistance?[i - j] ?? 0);
            }

            AddAttention(scores.AsSpan(0, i + 1), byDistance, uniform, scoreByDistance);
            if (i > 0)
            {
                parts[0] += tokens.KeyVariance(mean);
                parts[1] += tokens.PairVariance;
                parts[2] += Variance(scores.AsSpan(0, i + 1));
                parts[3] += keys.MeanVariance(i);
            }
        }

        double all = parts.Sum();
        for (int distance = 0; distance < count; distance++)
        {
            byDistance[distance] /= count - distance;
            uniform[distance] /= count - distance;
            scoreByDistance[distance] /= count - distance;
        }

        return new PositionShare(
            name.ToString(), positions.Kind, Share(parts[0], all), Share(parts[1], all),
            Share(parts[2], all), Share(parts[3], all), byDistance, uniform, scoreByDistance);
    }

    private static double Share(double part, double all) => all == 0 ? 0 : part / all;

    private static void AddAttention(
        ReadOnlySpan<double> scores, double[] byDistance, double[] uniform,
        double[] scoreByDistance)
    {
        int last = scores.Length - 1;
        double largest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            largest = Math.Max(largest, score);
        }

        double sum = 0;
        foreach (double score in scores)
        {
            sum += Math.Exp(score - largest);
        }

        double even = largest + Math.Log(sum / scores.Length);
        for (int j = 0; j <= last; j++)
        {
            scoreByDistance[last - j] += scores[j] - even;
            byDistance[last - j] += Math.Exp(scores[j] - largest) / sum;
            uniform[last - j] += 1.0 / scores.Length;
        }
    }

    private static double Variance(ReadOnlySpan<double> values)
    {
        double mean = 0;
        foreach (double value in values)
        {
            mean += value / values.Length;
        }

        double variance = 0;
        foreach (double value in values)
        {
            variance += (value - mean) * (value - mean) / values.Length;
        }

        return variance;
    }

    /// <summary>Means and covariances of what tokens add to queries and keys.</summary>
    private sealed class TokenMoments
    {
        private readonly double[] _meanQuery;
        private readonly double[] _keyCovariance;
        private readonly int _rank;

        public TokenMoments(LowRank qk, double[] unigram)
        {
            _rank = qk.Rank;
            (_meanQuery, QueryCovariance) = Moments(qk.Left, unigram);
            (_, _keyCovariance) = Moments(qk.Right, unigram);
            PairVariance = TensorPrimitives.Dot<double>(QueryCovariance, _keyCovariance);
        }

        public double[] QueryCovariance { get; }

        /// <summary>tr Σ_Q Σ_K; both are symmetric.</summary>
        public double PairVariance { get; }

        public double[] MeanQuery(Tensor<float>? positions, int position, double scale)
        {
            double[] mean = [.. _meanQuery];
            for (int i = 0; i < _rank && positions is not null; i++)
            {
                mean[i] += scale * positions[position, i];
            }

            return mean;
        }

        public double KeyVariance(double[] query) => Quadratic(query, _keyCovariance);

        private static (double[] Mean, double[] Covariance) Moments(
            Tensor<float> rows, double[] weights)
        {
            int rank = rows.Shape[1];
            double[] mean = new double[rank];
            ReadOnlySpan<float> values = rows.Span;
            for (int cell = 0; cell < values.Length; cell++)
            {
                mean[cell % rank] += weights[cell / rank] * values[cell];
            }

            double[] covariance = LowRank.Gram(rows, rows, weights);
            for (int i = 0; i < rank; i++)
            {
                for (int j = 0; j < rank; j++)
                {
                    covariance[(i * rank) + j] -= mean[i] * mean[j];
                }
            }

            return (mean, covariance);
        }
    }

    /// <summary>What positions add to keys, and how it varies over the positions up to
    /// one.</summary>
    private sealed class KeyPositions
    {
        private readonly double[][]? _keys;
        private readonly double[] _varianceUpTo;

        public KeyPositions(HeadPositions positions, double[] queryCovariance, int rank)
        {
            _varianceUpTo = new double[positions.Positions];
            if (positions.Keys is not { } keys)
            {
                return;
            }

            _keys = new double[positions.Positions][];
            double[] sum = new double[rank];
            double squares = 0;
            for (int j = 0; j < positions.Positions; j++)
            {
                double[] key = new double[rank];
                for (int i = 0; i < rank; i++)
                {
                    key[i] = keys[j, i];
                    sum[i] += key[i];
                }

                _keys[j] = key;
                squares += Quadratic(key, queryCovariance);
                double count = j + 1;
                _varianceUpTo[j] = Math.Max(
                    0, (squares / count) - (Quadratic(sum, queryCovariance) / (count * count)));
            }
        }

        public double Along(double[] query, int position) =>
            _keys is null ? 0 : TensorPrimitives.Dot<double>(query, _keys[position]);

        public double MeanVariance(int position) => _varianceUpTo[position];
    }

    private static double Quadratic(double[] x, double[] matrix)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * TensorPrimitives.Dot<double>(matrix.AsSpan(i * x.Length, x.Length), x);
        }

        return sum;
    }
}
