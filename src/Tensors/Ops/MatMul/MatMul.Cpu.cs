namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private static void MatMulCpu(
        Tensor<float> a, Tensor<float> b, float alpha, Tensor<float> into, bool accumulate)
    {
        Shape shape = into.Shape;
        Tensor<float> left = Batch(a, shape);
        Tensor<float> right = Batch(b, shape);
        int batches = 1;
        for (int axis = 0; axis < shape.Rank - 2; axis++)
        {
            batches *= shape[axis];
        }

        var body = new PlainProduct
        {
            M = shape[-2],
            N = shape[-1],
            K = a.Shape[-1],
            Alpha = alpha,
            Accumulate = accumulate,
            A = left,
            B = right,
            Into = into,
        };
        WorkerPool.For(batches * shape[-2], ref body);

        static Tensor<float> Batch(Tensor<float> x, Shape shape) =>
            x.BroadcastTo(shape.With(-1, x.Shape[-1]).With(-2, x.Shape[-2]));
    }

    private struct PlainProduct : IParallelBody
    {
        public int M;
        public int N;
        public int K;
        public float Alpha;
        public bool Accumulate;
        public Tensor<float> A;
        public Tensor<float> B;
        public Tensor<float> Into;

        public readonly void Run(int index)
        {
            int i = index % M;
            int batch = index / M;
            float* a = At(A, batch) + (i * A.Strides[^2]);
            float* b = At(B, batch);
            float* c = At(Into, batch) + (i * Into.Strides[^2]);
            (long da, long db, long rowB, long dc) =
                (A.Strides[^1], B.Strides[^1], B.Strides[^2], Into.Strides[^1]);
            for (int j = 0; j < N; j++)
            {
                float sum = 0;
                for (int p = 0; p < K; p++)
                {
                    sum += a[p * da] * b[(p * rowB) + (j * db)];
                }

                c[j * dc] = (Accumulate ? c[j * dc] : 0) + (Alpha * sum);
            }
        }

        private static float* At(Tensor<float> x, int batch)
        {
            long offset = 0;
            for (int axis = x.Rank - 3; axis >= 0; axis--)
            {
                offset += batch % x.Shape[axis] * x.Strides[axis];
                batch /= x.Shape[axis];
            }

            return x.Pointer + offset;
        }
    }
}
